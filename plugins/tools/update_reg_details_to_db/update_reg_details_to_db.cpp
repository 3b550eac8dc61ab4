// Checks a whole registration and stores it. A player is in a season's table once: a unique key
// made of season, name, date of birth and the parent's email decides, so a repeat gives the earlier
// record and registering again updates it. [worker]; no state between calls.
#include <nlohmann/json.hpp>
#include <string>

#include "checks.hpp"
#include "dugout/sdk/dates.hpp"
#include "dugout/sdk/tool.hpp"
#include "fields.hpp"

namespace {

using dugout::Code;
using dugout::Outcome;
using nlohmann::json;

std::string refused(std::string_view code, std::string_view message, bool retryable) {
  return json{{"ok", false},
              {"error", {{"code", code}, {"message", message}, {"retryable", retryable}}}}
      .dump();
}

std::string refused_fields(const json& problems) {
  std::string message;
  for (const auto& [field, reason] : problems.items()) {
    message += (message.empty() ? "" : "; ") + field + " " + reason.get<std::string>();
  }
  return json{{"ok", false},
              {"error",
               {{"code", "invalid_record"},
                {"message", message},
                {"retryable", false},
                {"fields", problems}}}}
      .dump();
}

std::string full_name(const json& record, const std::string& who) {
  return record[who + "_first_name"].get<std::string>() + " " +
         record[who + "_last_name"].get<std::string>();
}

// The table of registrations of a fresh install.
class LocalRegistrations {
 public:
  explicit LocalRegistrations(dugout::sdk::Host host) : host_(host) {}

  // The row as it is afterwards, with its id.
  Outcome<json> store(json record, const std::string& key, const std::string& now) const {
    const auto player = add_names(record);
    record["idempotency_key"] = key;
    const auto unique = record["season"].get<std::string>() + "|" + player + "|" +
                        record["player_dob"].get<std::string>() + "|" +
                        record["parent_email"].get<std::string>();
    auto row = fresh(record, now);
    const auto inserted = host_.insert_row("registrations", unique, row.dump());
    if (inserted) {
      row["id"] = json::parse(*inserted).at("id");
      return row;
    }
    if (inserted.error().code != Code::kConflict) return inserted.error();
    auto holder = json::parse(inserted.error().detail).at("detail");
    if (!key.empty() && holder.value("idempotency_key", "") == key) return holder;
    const auto updated = host_.update_row("registrations", holder.at("id").get<std::string>(),
                                          changes(record, holder, now).dump());
    if (!updated) return updated.error();
    return json::parse(*updated);
  }

  // A stored registration with other details: the same row, also where they are those by which
  // store() tells players apart. kNotFound when there is no such row.
  Outcome<json> correct(json record, const std::string& id, const std::string& now) const {
    const auto held = host_.update_row("registrations", id, "{}");
    if (!held) return held.error();
    add_names(record);
    const auto updated = host_.update_row(
        "registrations", id, changes(std::move(record), json::parse(*held), now).dump());
    if (!updated) return updated.error();
    return json::parse(*updated);
  }

 private:
  // Full names and what they are looked up by; gives the player's as compared.
  static std::string add_names(json& record) {
    record["player_full_name"] = full_name(record, "player");
    record["parent_full_name"] = full_name(record, "parent");
    auto player = registration::folded(record["player_full_name"].get<std::string>());
    const auto parent = registration::folded(record["parent_full_name"].get<std::string>());
    record["name_key"] = player + "|" + parent;  // check_if_record_exists_in_db looks for it
    return player;
  }

  // A caller that does not say when: the moment of a changed answer, else what is known.
  static void keep_consent(json& record, const json& holder, const std::string& now) {
    if (record.contains("consent_given_at")) return;
    const bool same = record["communication_consent"] == holder.value("communication_consent", "");
    for (const auto* name : {"consent_given_at", "consent_text_version"}) {
      if (same && !record.contains(name) && holder.contains(name)) record[name] = holder[name];
    }
    if (!record.contains("consent_given_at")) record["consent_given_at"] = now;
  }

  static json fresh(json record, const std::string& now) {
    record["registration_status"] = "pending_payment";
    record["signing_on_fee_paid"] = "N";
    record["mandate_authorised"] = "N";
    record["subscription_activated"] = "N";
    record["initial_db_write_timestamp"] = now;
    if (!record.contains("consent_given_at")) record["consent_given_at"] = now;
    return record;
  }

  // What the parent said now; what has been paid, worn or decided since stays.
  static json changes(json record, const json& holder, const std::string& now) {
    keep_consent(record, holder, now);
    for (const auto& field : registration::fields()) {
      const std::string name(field.name);
      if (field.state) {
        record.erase(name);
      } else if (!record.contains(name) && holder.contains(name)) {
        record[name] = nullptr;
      }
    }
    const auto before = holder.value("billing_request_id", "");
    if (record["billing_request_id"] != before && !before.empty()) {
      // A payment may still come in on the link that was sent first.
      auto earlier = holder.value("earlier_billing_request_ids", json::array());
      earlier.push_back(before);
      record["earlier_billing_request_ids"] = std::move(earlier);
    }
    return record;
  }

  dugout::sdk::Host host_;
};

class UpdateRegDetails final : public dugout::sdk::Tool {
 public:
  UpdateRegDetails(std::string_view config, dugout::sdk::Host host)
      : host_(host), registrations_(host), season_(json::parse(config).value("season", "2526")) {}

  std::string describe() const override { return registration::declaration(); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view context) override {
    const auto now = host_.unix_ms();
    auto given = json::parse(args);
    const auto id = given.contains("record_id") && given["record_id"].is_string()
                        ? given["record_id"].get<std::string>()
                        : std::string();
    given.erase("record_id");
    auto checked = registration::check(given, registration::date_of_ms(now), season_);
    if (!checked.problems.empty()) return refused_fields(checked.problems);
    const auto key = json::parse(context).value("idempotency_key", "");
    const auto time = dugout::sdk::iso_time(now);
    const auto row = id.empty() ? registrations_.store(std::move(checked.record), key, time)
                                : registrations_.correct(std::move(checked.record), id, time);
    if (!row && row.error().code == Code::kNotFound)
      return refused("not_found", "There is no such registration.", false);
    if (!row) return refused("unavailable", "The registration cannot be saved now.", true);
    return json{{"ok", true},
                {"data",
                 {{"record_id", row->at("id")},
                  {"registration_status", row->value("registration_status", "pending_payment")},
                  {"player_name", row->at("player_full_name")},
                  {"team", row->at("team")},
                  {"age_group", row->at("age_group")},
                  {"billing_request_id", row->at("billing_request_id")},
                  {"registration_code", row->at("registration_code")}}}}
        .dump();
  }

 private:
  dugout::sdk::Host host_;
  LocalRegistrations registrations_;
  std::string season_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(UpdateRegDetails, "tool.update_reg_details_to_db")

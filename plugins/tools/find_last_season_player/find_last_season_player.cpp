// Finds a returning player among last season's by name, date of birth and postcode together. All
// three wrong, one wrong, or too many tries: the answer is the same, so nothing can be learnt from
// it. Each try is counted before anything is compared (verification/attempts.hpp). [worker]; keeps
// nothing between calls.
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "dugout/sdk/tool.hpp"
#include "masks.hpp"
#include "names.hpp"
#include "verification/attempts.hpp"
#include "verification/family.hpp"

namespace {

using dugout::Outcome;
using nlohmann::json;
using verification::Attempt;
using verification::Attempts;

using verification::kFamily;
using verification::kRegistered;

// What of this season's registration is gone on with, besides.
constexpr std::array kPlace{"team", "age_group", "played_for_urmston_town_last_season"};
// Without these nothing can be saved, and no routine asks for them again.
constexpr std::array kNeeded{"player_gender", "parent_first_name", "parent_last_name",
                             "parent_relationship_to_player", "parent_dob"};

json declaration() {
  const json text{{"type", "string"}}, flag{{"enum", {"Y", "N"}}};
  json result{{"verified", flag},           {"tries_left", {{"type", "integer"}}},
              {"registered", flag},         {"complete", flag},
              {"same_address", flag},       {"goes_on", flag},
              {"mobile_masked", text},      {"email_masked", text},
              {"address_masked", text},     {"player_address_masked", text},
              {"medical_masked", text},     {"player_mobile_masked", text},
              {"record_id", text},

              {"player_full_name", text},   {"parent_full_name", text},
              {"player_first_name", text},  {"player_last_name", text},
              {"player_email_masked", text}};
  for (const auto* column : kFamily) result[column] = text;
  for (const auto* column : kRegistered) result[column] = text;
  for (const auto* column : kPlace) result[column] = text;
  const json wanted{{"player_name", {{"type", "string"}, {"minLength", 1}, {"maxLength", 200}}},
                    {"player_dob", {{"type", "string"}, {"description", "DD-MM-YYYY"}}},
                    {"player_post_code", {{"type", "string"}, {"maxLength", 20}}},
                    {"season", {{"type", "string"}, {"description", "the current one: 2526"}}}};
  return {{"name", "find_last_season_player"},
          {"description",
           "Finds a player of last season by name, date of birth and postcode together. Says "
           "nothing about which of them did not match."},
          {"arguments",
           {{"type", "object"},
            {"additionalProperties", false},
            {"required", {"player_name", "player_dob", "player_post_code", "season"}},
            {"properties", wanted}}},
          {"result", {{"type", "object"}, {"required", {"verified"}}, {"properties", result}}},
          {"timeout_ms", 5000}};
}

std::string refused() {
  return json{{"ok", false},
              {"error",
               {{"code", "unavailable"},
                {"message", "The players cannot be looked up now."},
                {"retryable", true}}}}
      .dump();
}

std::string done(json data) {
  return json{{"ok", true}, {"data", std::move(data)}}.dump();
}

std::string cell(const json& row, const char* column) {
  const auto found = row.find(column);
  return found != row.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The child's own postcode, or the family's where no other is known.
std::string postcode_of(const json& row) {
  const auto own = cell(row, "player_post_code");
  return returning::packed_postcode(own.empty() ? cell(row, "parent_post_code") : own);
}

std::string joined(const std::string& first, const std::string& last) {
  return first.empty() || last.empty() ? first + last : first + " " + last;
}

void add_masks(const json& row, json& data) {
  data["mobile_masked"] = returning::masked_phone(cell(row, "parent_telephone"));
  data["email_masked"] = returning::masked_email(cell(row, "parent_email"));
  data["address_masked"] =
      returning::masked_address(cell(row, "parent_address_line_1"), cell(row, "parent_post_code"));
  data["medical_masked"] =
      returning::masked_words(cell(row, "description_of_player_medical_issues"));
  data["player_mobile_masked"] = returning::masked_phone(cell(row, "player_telephone"));
  data["player_email_masked"] = returning::masked_email(cell(row, "player_email"));
}

// Last season's row as a registration names things. Empty texts are left out.
json details(const json& row) {
  json data = json::object();
  add_masks(row, data);
  for (const auto* column : kFamily) data[column] = cell(row, column);
  data["player_first_name"] = cell(row, "first_name");
  data["player_last_name"] = cell(row, "last_name");
  data["player_full_name"] = joined(cell(row, "first_name"), cell(row, "last_name"));
  data["parent_full_name"] = joined(cell(row, "parent_first_name"), cell(row, "parent_last_name"));
  const auto own = cell(row, "player_full_address");
  const bool same = own.empty() || own == cell(row, "parent_full_address");
  if (!same) {
    data["player_address_masked"] = returning::masked_address(cell(row, "player_address_line_1"),
                                                              cell(row, "player_post_code"));
  }
  std::erase_if(data.get_ref<json::object_t&>(),
                [](const auto& member) { return member.second == ""; });
  bool complete = true;
  for (const auto* column : kNeeded) complete = complete && data.contains(column);
  data["complete"] = complete ? "Y" : "N";
  data["same_address"] = same ? "Y" : "N";
  return data;
}

// Somebody who is registered this season already goes on with that registration: its details are
// the newer ones.
json newest(json last_season, const json& registration) {
  for (const auto* column : kFamily) {
    const auto value = cell(registration, column);
    last_season.erase(column);
    if (!value.empty()) last_season[column] = value;
  }
  return last_season;
}

void add_registration(const json& registration, json& data) {
  data["registered"] = data["goes_on"] = "Y";
  data["record_id"] = cell(registration, "id");
  const auto give = [&](const char* column) {
    if (const auto value = cell(registration, column); !value.empty()) data[column] = value;
  };
  for (const auto* column : kRegistered) give(column);
  for (const auto* column : kPlace) give(column);
}

class FindLastSeasonPlayer final : public dugout::sdk::Tool {
 public:
  FindLastSeasonPlayer(std::string_view config, dugout::sdk::Host host)
      : host_(host), attempts_(host, verification::limit_of(json::parse(config))) {}

  std::string describe() const override { return declaration().dump(); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto wanted = json::parse(args);
    const auto name = returning::packed_name(wanted["player_name"].get<std::string>());
    const auto attempt = attempts_.take("last season|" + name);
    if (!attempt) return refused();
    const auto found = attempt->allowed ? player(name, wanted) : std::optional<json>(json());
    if (!found) return refused();
    if (found->is_null()) return done({{"verified", "N"}, {"tries_left", attempt->left}});
    attempts_.forgive(*attempt);
    return with_registration(name, *found, wanted);
  }

 private:
  // A null row: nobody matches. nullopt: it cannot be looked up.
  std::optional<json> player(const std::string& name, const json& wanted) const {
    const json where{{"player_dob", wanted["player_dob"]}};
    const auto rows = host_.find_rows("players_last_season", where.dump());
    if (!rows) return std::nullopt;
    const auto postcode = returning::packed_postcode(wanted["player_post_code"].get<std::string>());
    for (const auto& row : json::parse(*rows)) {
      const auto own = returning::packed_name(cell(row, "first_name") + cell(row, "last_name"));
      if (!name.empty() && own == name && postcode_of(row) == postcode) return row;
    }
    return json();
  }

  std::string with_registration(const std::string& name, const json& row,
                                const json& wanted) const {
    const json where{{"player_dob", wanted["player_dob"]}, {"season", wanted["season"]}};
    const auto rows = host_.find_rows("registrations", where.dump());
    if (!rows) return refused();
    json registration;
    for (const auto& one : json::parse(*rows)) {
      if (returning::packed_name(cell(one, "player_full_name")) == name) registration = one;
    }
    auto data = details(registration.is_null() ? row : newest(row, registration));
    data["verified"] = "Y";
    data["registered"] = "N";
    data["played_for_urmston_town_last_season"] = "Y";
    if (!registration.is_null()) add_registration(registration, data);
    return done(std::move(data));
  }

  const dugout::sdk::Host host_;
  const Attempts attempts_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(FindLastSeasonPlayer, "tool.find_last_season_player")

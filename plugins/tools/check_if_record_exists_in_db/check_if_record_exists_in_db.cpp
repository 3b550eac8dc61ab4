// Looks for a registration by the names of player and parent. Names are no secret, so they alone
// get a bare yes or no; only with the player's date of birth and the parent's postcode does
// anything of the record come out. Tries are counted before anything is compared
// (verification/attempts.hpp). [worker]; keeps nothing between calls.
#include <utf8proc.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/tool.hpp"
#include "verification/attempts.hpp"
#include "verification/family.hpp"

namespace {

using nlohmann::json;

constexpr std::string_view kDeclaration = R"({
  "name": "check_if_record_exists_in_db",
  "description": "Tells whether a registration exists for a player and a parent. Details are given only when date of birth and postcode match too.",
  "arguments": {
    "type": "object", "additionalProperties": false,
    "required": ["player_full_name", "parent_full_name"],
    "properties": {
      "player_full_name": {"type": "string", "maxLength": 200},
      "parent_full_name": {"type": "string", "maxLength": 200},
      "player_dob": {"type": "string", "maxLength": 20, "description": "DD-MM-YYYY"},
      "parent_post_code": {"type": "string", "maxLength": 20}}},
  "result": {
    "type": "object",
    "properties": {
      "record_found": {"enum": ["Y", "N"]}, "verified": {"enum": ["Y", "N"]},
      "record_id": {"type": "string"}, "played_last_season": {"enum": ["Y", "N"]},
      "team": {"type": "string"}, "age_group": {"type": "string"},
      "same_address": {"enum": ["Y", "N"]}, "registration_status": {"type": "string"}}},
  "timeout_ms": 5000})";

std::string with_straight_quotes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    bool curly = false;
    for (const std::string_view quote : {"\xE2\x80\x98", "\xE2\x80\x99", "\xE2\x80\x9A",
                                         "\xE2\x80\x9B", "\xE2\x80\xB9", "\xE2\x80\xBA"}) {
      curly = curly || text.substr(at, 3) == quote;
    }
    if (curly) at += 2;
    out += curly ? '\'' : text[at];
  }
  return out;
}

std::string with_single_blanks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ') {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += c;
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// "  ben  O’NEILL " -> "ben o'neill". Must equal what update_reg_details_to_db writes as name_key.
std::string folded(std::string_view name) {
  const auto straight = with_straight_quotes(name);
  const auto options = static_cast<utf8proc_option_t>(
      UTF8PROC_COMPOSE | UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPCC);
  utf8proc_uint8_t* mapped = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(straight.data()),
                                 static_cast<utf8proc_ssize_t>(straight.size()), &mapped, options);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (size < 0) return {};
  return with_single_blanks(
      {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size)});
}

// For comparison only: blanks out, letters large.
std::string packed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ') out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  return out;
}

class LocalRegistrations {
 public:
  explicit LocalRegistrations(dugout::sdk::Host host) : host_(host) {}

  dugout::Outcome<json> named(const std::string& player, const std::string& parent) const {
    const auto rows =
        host_.find_rows("registrations", json{{"name_key", player + "|" + parent}}.dump());
    if (!rows) return rows.error();
    return json::parse(*rows);
  }

 private:
  dugout::sdk::Host host_;
};

std::string refused(std::string_view code, std::string_view message, bool retryable) {
  return json{{"ok", false},
              {"error", {{"code", code}, {"message", message}, {"retryable", retryable}}}}
      .dump();
}

std::string done(json data) {
  return json{{"ok", true}, {"data", std::move(data)}}.dump();
}

bool matches(const json& row, const std::string& dob, const std::string& postcode) {
  return !dob.empty() && !postcode.empty() && packed(row.value("player_dob", "")) == dob &&
         packed(row.value("parent_post_code", "")) == postcode;
}

json details(const json& row) {
  json out{{"record_found", "Y"},
           {"verified", "Y"},
           {"record_id", row.value("id", "")},
           {"played_last_season", row.value("played_for_urmston_town_last_season", "N")},
           {"team", row.value("team", "")},
           {"age_group", row.value("age_group", "")},
           {"registration_status", row.value("registration_status", "pending_payment")}};
  const auto give = [&](const char* column) {
    const auto cell = row.find(column);
    if (cell != row.end() && cell->is_string() && *cell != "") out[column] = *cell;
  };
  for (const auto* name : {"player_first_name", "player_last_name"}) give(name);
  for (const auto* column : verification::kFamily) give(column);
  for (const auto* column : verification::kRegistered) give(column);
  const auto own = row.value("player_full_address", "");
  const bool same = own.empty() || own == row.value("parent_full_address", "");
  out["same_address"] = same ? "Y" : "N";
  return out;
}

class CheckIfRecordExists final : public dugout::sdk::Tool {
 public:
  CheckIfRecordExists(std::string_view config, dugout::sdk::Host host)
      : registrations_(host), attempts_(host, verification::limit_of(json::parse(config))) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  dugout::Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto wanted = json::parse(args);
    const auto player = folded(wanted["player_full_name"].get<std::string>());
    const auto parent = folded(wanted["parent_full_name"].get<std::string>());
    if (player.empty() || parent.empty()) {
      return refused("missing_name", "Both full names are needed.", false);
    }
    const auto rows = registrations_.named(player, parent);
    if (!rows) return refused("unavailable", "The records cannot be read now.", true);
    if (!wanted.contains("player_dob") && !wanted.contains("parent_post_code")) {
      return done({{"record_found", rows->empty() ? "N" : "Y"}});
    }
    return verified(*rows, "registration|" + player + "|" + parent, wanted);
  }

 private:
  // Whether the names exist, what did not match, or that there were too many tries: not said here.
  dugout::Outcome<std::string> verified(const json& rows, const std::string& subject,
                                        const json& wanted) const {
    const auto attempt = attempts_.take(subject);
    if (!attempt) return refused("unavailable", "The records cannot be read now.", true);
    const auto dob = packed(wanted.value("player_dob", ""));
    const auto postcode = packed(wanted.value("parent_post_code", ""));
    for (auto row = rows.rbegin(); attempt->allowed && row != rows.rend(); ++row) {
      if (!matches(*row, dob, postcode)) continue;  // the newest first
      attempts_.forgive(*attempt);
      return done(details(*row));
    }
    return done({{"verified", "N"}});
  }

  LocalRegistrations registrations_;
  verification::Attempts attempts_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(CheckIfRecordExists, "tool.check_if_record_exists_in_db")

// Gives a player a kit and a shirt number. The number is claimed first, in one atomic step, so two
// players never get the same; then the record is written; then an earlier number of the same record
// is given up. Each step may be repeated, so the whole call may. [worker]; no state between calls.
#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/tool.hpp"
#include "shirts.hpp"

namespace {

using dugout::Code;
using nlohmann::json;
using update_kit::LocalShirts;
using update_kit::Shirt;

constexpr int kHighest = 49;

constexpr std::string_view kDeclaration = R"({
  "name": "update_kit_details_to_db",
  "description": "Stores kit size and shirt number of a registered player and claims the number for the team.",
  "arguments": {
    "type": "object", "additionalProperties": false,
    "required": ["record_id", "team", "age_group", "kit_size", "shirt_number", "kit_type_required"],
    "properties": {
      "record_id": {"type": "string", "minLength": 1, "maxLength": 100},
      "team": {"type": "string", "minLength": 1, "maxLength": 50},
      "age_group": {"type": "string", "minLength": 1, "maxLength": 20, "description": "u10"},
      "kit_size": {"enum": ["5/6", "7/8", "9/10", "11/12", "13/14", "S", "M", "L", "XL", "2XL", "3XL"]},
      "shirt_number": {"type": ["integer", "string"], "description": "1 to 49"},
      "kit_type_required": {"enum": ["Goalkeeper", "Outfield"]},
      "new_kit_required": {"enum": ["Y", "N"], "default": "Y"},
      "season": {"type": "string", "pattern": "^[0-9]{4}$", "default": "2526"}}},
  "result": {
    "type": "object", "required": ["record_id", "shirt_number", "kit_size", "kit_type"],
    "properties": {
      "record_id": {"type": "string"}, "player_name": {"type": "string"}, "team": {"type": "string"},
      "age_group": {"type": "string"}, "kit_size": {"type": "string"},
      "shirt_number": {"type": "string"}, "kit_type": {"type": "string"}}},
  "timeout_ms": 5000})";

// 0 = not a number from 1 to 49. Texts of digits count: pinned arguments are texts.
int shirt_number_of(const json& value) {
  std::string digits;
  if (value.is_string()) {
    digits = update_kit::folded(value.get<std::string>());
  } else {
    const double number = value.get<double>();  // 7.0 is an integer to JSON Schema
    if (number >= 1 && number <= kHighest) digits = std::to_string(static_cast<int>(number));
  }
  if (digits.empty() || digits.size() > 3) return 0;
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return 0;
  const int number = std::atoi(digits.c_str());
  return number <= kHighest ? number : 0;
}

std::string refused(std::string_view code, std::string_view message, bool retryable = false) {
  return json{{"ok", false},
              {"error", {{"code", code}, {"message", message}, {"retryable", retryable}}}}
      .dump();
}

std::string unavailable() {
  return refused("unavailable", "The records cannot be written now.", true);
}

class UpdateKitDetails final : public dugout::sdk::Tool {
 public:
  UpdateKitDetails(std::string_view /*config*/, dugout::sdk::Host host)
      : host_(host), shirts_(host) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  dugout::Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto wanted = json::parse(args);
    const Shirt shirt{wanted.value("season", "2526"), wanted["team"].get<std::string>(),
                      update_kit::record_age(wanted["age_group"].get<std::string>()),
                      shirt_number_of(wanted["shirt_number"])};
    if (shirt.number == 0) {
      return refused("invalid_number", "A shirt number is a whole number from 1 to 49.");
    }
    const bool keeper = shirt.number == 1 || shirt.number == 12;
    if (wanted["kit_type_required"] != (keeper ? "Goalkeeper" : "Outfield")) {
      return refused("kit_type_mismatch",
                     "1 and 12 are goalkeepers' numbers, all others outfield.");
    }
    return store(wanted, shirt);
  }

 private:
  std::string store(const json& wanted, const Shirt& shirt) const {
    const auto record = wanted["record_id"].get<std::string>();
    const auto row = host_.update_row("registrations", record, "{}");  // reads: changes nothing
    if (!row) return record_error(row.error());
    const auto known = json::parse(*row);
    if (is_other(known, "team", shirt.team) || is_other(known, "age_group", shirt.age_group)) {
      return refused("wrong_team", "The record belongs to another team.");
    }
    const auto claimed = shirts_.claim(shirt, record);
    if (!claimed && claimed.error().code == Code::kConflict) {
      return refused("taken", "That shirt number is taken in this team.");
    }
    if (!claimed) return unavailable();
    const auto written = host_.update_row("registrations", record, changes(wanted, shirt).dump());
    if (!written) return record_error(written.error());
    if (!shirts_.release_others(shirt, record)) return unavailable();
    return result(wanted, shirt, json::parse(*written));
  }

  static bool is_other(const json& known, const char* member, const std::string& given) {
    const auto stored = known.find(member);
    return stored != known.end() && stored->is_string() &&
           update_kit::record_age(stored->get<std::string>()) != update_kit::record_age(given);
  }

  static json changes(const json& wanted, const Shirt& shirt) {
    return {{"kit_size", wanted["kit_size"]},
            {"shirt_number", std::to_string(shirt.number)},
            {"kit_type_required", wanted["kit_type_required"]},
            {"new_kit_required", wanted.value("new_kit_required", "Y")}};
  }

  static std::string record_error(const dugout::Error& error) {
    return error.code == Code::kNotFound ? refused("not_found", "There is no such registration.")
                                         : unavailable();
  }

  static std::string result(const json& wanted, const Shirt& shirt, const json& row) {
    return json{{"ok", true},
                {"data",
                 {{"record_id", wanted["record_id"]},
                  {"player_name", row.value("player_full_name", "")},
                  {"team", shirt.team},
                  {"age_group", shirt.age_group},
                  {"kit_size", wanted["kit_size"]},
                  {"shirt_number", std::to_string(shirt.number)},
                  {"kit_type", wanted["kit_type_required"]}}}}
        .dump();
  }

  dugout::sdk::Host host_;
  LocalShirts shirts_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(UpdateKitDetails, "tool.update_kit_details_to_db")

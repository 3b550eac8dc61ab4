// Tells whether a team gets a new kit this season, from the directory table `teams`. [worker];
// keeps nothing between calls.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "dugout/sdk/tool.hpp"

namespace {

using nlohmann::json;

constexpr std::string_view kDeclaration = R"({
  "name": "check_if_kit_needed",
  "description": "Tells whether the players of a team need a new kit this season.",
  "arguments": {
    "type": "object", "additionalProperties": false, "required": ["team_name", "age_group"],
    "properties": {
      "team_name": {"type": "string", "minLength": 1, "maxLength": 50},
      "age_group": {"type": "string", "minLength": 1, "maxLength": 20,
                    "description": "u10 or u10s; open for adult teams"}}},
  "result": {
    "type": "object", "required": ["kit_needed", "team_name", "age_group"],
    "properties": {"kit_needed": {"enum": ["Y", "N"]}, "team_name": {"type": "string"},
                   "age_group": {"type": "string"}}},
  "timeout_ms": 5000})";

std::string text_of(const json& row, const char* member) {  // YAML may give 2526 as a number
  const auto found = row.find(member);
  if (found == row.end()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string folded(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::string out(text);
  for (auto& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

// "U10" -> "u10s", "open" -> "open age": the directory's spelling, in small letters.
std::string directory_age(std::string_view typed) {
  auto age = folded(typed);
  if (age == "open") return "open age";
  if (age.size() > 1 && age[0] == 'u' && age.back() != 's') age += 's';
  return age;
}

class LocalTeams {
 public:
  LocalTeams(dugout::sdk::Host host, std::string season)
      : host_(host), season_(std::move(season)) {}

  // A club has a few dozen teams, so all are read and compared here: the cells are typed by people.
  dugout::Outcome<std::optional<json>> find(std::string_view name, std::string_view age) const {
    const auto rows = host_.find_rows("teams", "{}");
    if (!rows) return rows.error();
    for (const auto& row : json::parse(*rows)) {
      if (folded(text_of(row, "short_team_name")) == folded(name) &&
          directory_age(text_of(row, "age_group")) == directory_age(age) &&
          text_of(row, "current_season") == season_) {
        return std::optional(row);
      }
    }
    return std::optional<json>{};
  }

 private:
  dugout::sdk::Host host_;
  std::string season_;
};

std::string refused(std::string_view code, std::string_view message, bool retryable) {
  return json{{"ok", false},
              {"error", {{"code", code}, {"message", message}, {"retryable", retryable}}}}
      .dump();
}

class CheckIfKitNeeded final : public dugout::sdk::Tool {
 public:
  CheckIfKitNeeded(std::string_view config, dugout::sdk::Host host)
      : teams_(host, json::parse(config).value("season", "2526")) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  dugout::Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto wanted = json::parse(args);
    const auto team =
        teams_.find(wanted["team_name"].get<std::string>(), wanted["age_group"].get<std::string>());
    if (!team) return refused("unavailable", "The team list cannot be read now.", true);
    if (!*team) return refused("not_found", "No such team this season.", false);
    const auto& row = **team;
    const bool needed = folded(text_of(row, "need_new_kit_current_season")) == "y";
    return json{{"ok", true},
                {"data",
                 {{"kit_needed", needed ? "Y" : "N"},
                  {"team_name", text_of(row, "short_team_name")},
                  {"age_group", text_of(row, "age_group")}}}}
        .dump();
  }

 private:
  LocalTeams teams_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(CheckIfKitNeeded, "tool.check_if_kit_needed")

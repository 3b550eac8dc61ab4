// Answers an allow-listed question about the club: its teams, how a manager is reached, the season,
// whether a team gets a new kit. It reads two tables, the teams and the club's settings, and gives
// of a row only the columns named here; nothing it is asked becomes a table, a column or a filter.
// [worker]; keeps nothing between calls.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "dugout/sdk/tool.hpp"

namespace {

using dugout::Outcome;
using nlohmann::json;

constexpr std::string_view kDeclaration = R"({
  "name": "club_lookup",
  "description": "Public facts of the club. teams: which teams there are, perhaps of one age group. manager_contact: how the manager of a team is reached. season: its dates and fees. kit: whether a team gets a new kit this season. Knows nothing about players, parents or registrations.",
  "arguments": {
    "type": "object", "additionalProperties": false, "required": ["question"],
    "properties": {
      "question": {"enum": ["teams", "manager_contact", "season", "kit"]},
      "team": {"type": "string", "maxLength": 40, "description": "such as Lions; for manager_contact and kit"},
      "age_group": {"type": "string", "maxLength": 20, "description": "such as u9, or open"}}},
  "result": {
    "type": "object",
    "properties": {
      "teams": {"type": "array", "items": {
        "type": "object", "properties": {"team": {"type": "string"}, "age_group": {"type": "string"}}}},
      "contact_email": {"type": "string"}, "manager_name": {"type": "string"},
      "team": {"type": "string"}, "age_group": {"type": "string"},
      "new_kit_due": {"enum": ["Y", "N"]}, "season": {"type": "string"},
      "starts": {"type": "string"}, "ends": {"type": "string"},
      "signing_on_fee_pounds": {"type": "string"}, "monthly_fee_pounds": {"type": "string"},
      "sibling_discount_percent": {"type": "string"}}},
  "timeout_ms": 5000})";

std::string cell(const json& row, const char* column) {
  const auto found = row.find(column);
  if (found == row.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return out;
}

// "U9", "u9s" and "9" are one age group; so are "open" and "Open Age".
std::string age_of(std::string_view text) {
  auto age = folded(text);
  if (age.starts_with("open")) return "open";
  if (age.ends_with('s')) age.pop_back();
  if (age.starts_with('u')) age.erase(0, 1);
  return age;
}

// As a registration code spells it.
std::string shown_age(const json& row) {
  const auto age = age_of(cell(row, "age_group"));
  return age == "open" ? age : "u" + age;
}

std::string refused(std::string_view code, std::string_view message, bool retryable) {
  return json{{"ok", false},
              {"error", {{"code", code}, {"message", message}, {"retryable", retryable}}}}
      .dump();
}

std::string done(json data) {
  return json{{"ok", true}, {"data", std::move(data)}}.dump();
}

// The two tables, read whole: a club has a few dozen teams.
struct Club {
  json teams = json::array();  // of this season
  json settings = json::object();
};

class ClubLookup final : public dugout::sdk::Tool {
 public:
  ClubLookup(std::string_view /*config*/, dugout::sdk::Host host) : host_(host) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto asked = json::parse(args);
    const auto club = read();
    if (!club) return refused("unavailable", "The club's facts cannot be read now.", true);
    const auto question = asked["question"].get<std::string>();
    if (question == "teams") return teams(*club, asked);
    if (question == "season") return season(*club);
    const auto* team = team_of(*club, asked);
    if (team == nullptr) {
      return refused("not_found", "No single team of this season has this name and age group.",
                     false);
    }
    return question == "kit" ? kit(*team) : manager_contact(*club, *team);
  }

 private:
  std::optional<Club> read() const {
    const auto settings = host_.find_rows("club", "{}");
    const auto teams = host_.find_rows("teams", "{}");
    if (!settings || !teams) return std::nullopt;
    Club club;
    for (const auto& row : json::parse(*settings)) club.settings = row;
    const auto now = cell(club.settings, "season");
    for (const auto& row : json::parse(*teams)) {
      if (now.empty() || cell(row, "current_season") == now) club.teams.push_back(row);
    }
    return club;
  }

  // The one team that is meant; nullptr when none or several are.
  static const json* team_of(const Club& club, const json& asked) {
    const auto name = folded(asked.value("team", ""));
    const auto age = age_of(asked.value("age_group", ""));
    const json* found = nullptr;
    for (const auto& row : club.teams) {
      if (name.empty() || folded(cell(row, "short_team_name")) != name) continue;
      if (!age.empty() && age_of(cell(row, "age_group")) != age) continue;
      if (found != nullptr) return nullptr;
      found = &row;
    }
    return found;
  }

  static std::string teams(const Club& club, const json& asked) {
    const auto age = age_of(asked.value("age_group", ""));
    auto list = json::array();
    for (const auto& row : club.teams) {
      if (!age.empty() && age_of(cell(row, "age_group")) != age) continue;
      list.push_back({{"team", cell(row, "short_team_name")}, {"age_group", shown_age(row)}});
    }
    return done({{"teams", std::move(list)}});
  }

  static std::string season(const Club& club) {
    const auto& settings = club.settings;
    return done({{"season", cell(settings, "season_label")},
                 {"starts", cell(settings, "season_starts")},
                 {"ends", cell(settings, "season_ends")},
                 {"signing_on_fee_pounds", cell(settings, "signing_on_fee")},
                 {"monthly_fee_pounds", cell(settings, "monthly_fee")},
                 {"sibling_discount_percent", cell(settings, "sibling_discount")}});
  }

  static std::string kit(const json& team) {
    return done({{"team", cell(team, "short_team_name")},
                 {"age_group", shown_age(team)},
                 {"new_kit_due", cell(team, "need_new_kit_current_season") == "Y" ? "Y" : "N"}});
  }

  // The club's own address always; the manager's name only where the club has settled that. A
  // manager's phone and email are never among what is told.
  static std::string manager_contact(const Club& club, const json& team) {
    json data{{"team", cell(team, "short_team_name")},
              {"age_group", shown_age(team)},
              {"contact_email", cell(club.settings, "contact_email")}};
    if (cell(club.settings, "manager_contact") == "manager_name") {
      data["manager_name"] = cell(team, "manager_name");
    }
    return done(std::move(data));
  }

  const dugout::sdk::Host host_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(ClubLookup, "tool.club_lookup")

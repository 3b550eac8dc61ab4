#include "orchestrator/front_door.hpp"

#include <nlohmann/json.hpp>

#include "core/text.hpp"

namespace dugout::orchestrator {
namespace {

using core::Json;

constexpr auto kNewPlayer = "new_registration";
constexpr auto kReturning = "re_registration";

std::string setting(const routines::Application& application, const std::string& name,
                    const std::string& fallback) {
  const auto found = application.settings.find(name);
  return found == application.settings.end() ? fallback : found->second;
}

std::string season_of(const routines::Application& application) {
  return setting(application, "club.season", "2526");
}

// "Red-Devils" also as the directory may spell it; comparison is exact there.
Outcome<bool> in_directory(const RegistrationCode& code, store::Store& store) {
  const Json where{{"short_team_name", code.team},
                   {"age_group", directory_age_group(code)},
                   {"current_season", code.season}};
  const auto rows = store.find_rows("teams", core::canonical(where));
  if (!rows) return rows.error();
  const auto parsed = core::parse_json(*rows);
  return parsed && parsed->is_array() && !parsed->empty();
}

std::string joined_name(const std::vector<std::string>& words, std::size_t from) {
  std::string name;
  for (auto at = from; at < words.size(); ++at) name += (at == from ? "" : "-") + words[at];
  return name;
}

}  // namespace

Outcome<Entry> read_entry(const std::string& message, const routines::Application& application,
                          store::Store& store) {
  Entry entry;
  const auto reading = read_code(message, season_of(application));
  if (reading.kind == CodeReading::Kind::kNone) return entry;
  entry.kind = Entry::Kind::kReply;
  entry.reply = reading.problem;
  if (reading.kind == CodeReading::Kind::kProblem) return entry;

  const auto known = in_directory(reading.code, store);
  if (!known) return known.error();
  if (!*known) {
    entry.reply =
        "I know no team **" + reading.code.team + "** in the age group **" +
        core::upper(reading.code.age) +
        "** this season. Please check the code, or ask the manager or coach who gave it to "
        "you.";
    return entry;
  }
  entry.agent = reading.code.prefix == "100" ? kReturning : kNewPlayer;
  if (application.agents.find(entry.agent) == application.agents.end()) {
    entry.reply = "That code is fine, but this kind of registration is not open here yet.";
    return entry;
  }
  entry.kind = Entry::Kind::kHandOff;
  entry.code = reading.code;
  return entry;
}

std::optional<std::string> code_meanwhile(const std::string& message,
                                          const routines::Application& application,
                                          const std::string& open_question) {
  const auto reading = read_code(message, season_of(application));
  if (reading.kind != CodeReading::Kind::kCode) return std::nullopt;
  return "You are in the middle of a registration, and nothing you have told me is lost. To "
         "register "
         "another child, open a new chat when we are done here.\n\n" +
         open_question;
}

Draft first_record(const Entry& entry, const routines::Application& application,
                   core::WallTime today, const std::string& turn) {
  Draft draft(application.settings, today);
  const auto& code = entry.code;
  draft.set("registration_code", code.raw, 0, turn);
  draft.set("registration_type", code.prefix, 0, turn);
  draft.set("team", code.team, 0, turn);
  draft.set("age_group", code.age, 0, turn);
  draft.set("season", code.season, 0, turn);
  if (code.name.size() >= 2) {
    draft.set("player_first_name", code.name.front(), 0, turn);
    draft.set("player_last_name", joined_name(code.name, 1), 0, turn);
  }
  return draft;
}

std::string hand_off_note(const Entry& entry) {
  const auto& code = entry.code;
  std::string note = "Registration type: ";
  note += code.prefix == "100" ? "returning player (100)" : "new player (200)";
  note += "\nTeam: " + code.team + "\nAge group: " + core::upper(code.age) + "\nSeason: 20" +
          code.season.substr(0, 2) + "-" + code.season.substr(2) + "\nOriginal code: " + code.raw;
  if (code.name.size() >= 2)
    note += "\nPlayer: " + code.name.front() + " " + joined_name(code.name, 1);
  return note;
}

}  // namespace dugout::orchestrator

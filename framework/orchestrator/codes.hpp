// Registration codes: 200-lions-u9-2526, 100-tigers-u13-2526-john-smith. Finds one anywhere in a
// sentence, takes hyphenated team names and accented names, and says what is wrong with a near
// miss. Pure functions, [any].
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dugout::orchestrator {

struct RegistrationCode {
  std::string raw;                // as typed
  std::string prefix;             // "100" returning, "200" new
  std::string team;               // first letter upper, rest lower: "Lions"
  std::string age;                // "u9" or "open"
  std::string season;             // "2526"
  std::vector<std::string> name;  // words of the player's name, first letters upper; 100 codes only
};

struct CodeReading {
  enum class Kind { kNone, kCode, kProblem };
  Kind kind = Kind::kNone;
  RegistrationCode code;
  std::string problem;  // a sentence for the user
};

CodeReading read_code(std::string_view message, std::string_view season);

// "Lions" + "u9" as the directory spells it: "u9s"; adult teams: "Open Age".
std::string directory_age_group(const RegistrationCode& code);

}  // namespace dugout::orchestrator

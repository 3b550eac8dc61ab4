#include "orchestrator/codes.hpp"

#include <re2/re2.h>

#include "core/text.hpp"

namespace dugout::orchestrator {
namespace {

// Four parts joined by hyphens (or blanks, as people type), and perhaps a name behind them.
// The prefix may be any three digits, the age may lack its u: those are problems, not silence.
const re2::RE2& shape() {
  static const re2::RE2 pattern(
      R"((?i)(?:^|[^\pL0-9-])((\d{3})[ -]+([\pL0-9_]+(?:-[\pL0-9_]+)*?)[ -]+(u ?\d{1,3}|\d{1,2}|open)[ -]+(\d{4})((?:-[\pL\pM']+)*)-?)(?:$|[^\pL0-9-]))");
  return pattern;
}

// Curly quotes and long dashes as typed by phones; letters keep their case.
std::string straighten(std::string_view message) {
  std::string out(message);
  for (const auto* quote :
       {"\u2018", "\u2019", "\u201A", "\u201B", "\u2039", "\u203A", "\u02BC", "\u00B4"})
    out = core::replace_all(std::move(out), quote, "'");
  for (const auto* dash : {"\u2010", "\u2011", "\u2012", "\u2013", "\u2014"})
    out = core::replace_all(std::move(out), dash, "-");
  return out;
}

std::string titled(std::string_view word) {
  auto out = core::plain(word);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z')
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

// A large letter at the start and behind an apostrophe: "o'brien" is "O'Brien", "élodie" "Élodie".
std::string name_word(std::string_view word) {
  auto out = core::plain(word);
  bool start = true;
  for (std::size_t at = 0; at < out.size(); ++at) {
    const auto byte = static_cast<unsigned char>(out[at]);
    if (start && byte >= 'a' && byte <= 'z') out[at] = static_cast<char>(byte - 'a' + 'A');
    // The Latin-1 letters as UTF-8: C3 A0 to C3 BE, without the division sign.
    const auto next = at + 1 < out.size() ? static_cast<unsigned char>(out[at + 1]) : 0;
    if (start && byte == 0xC3 && next >= 0xA0 && next <= 0xBE && next != 0xB7)
      out[at + 1] = static_cast<char>(next - 0x20);
    start = byte == '\'';
  }
  return out;
}

CodeReading problem(std::string sentence) {
  CodeReading reading;
  reading.kind = CodeReading::Kind::kProblem;
  reading.problem = std::move(sentence);
  return reading;
}

std::string season_label(std::string_view season) {
  return "20" + std::string(season.substr(0, 2)) + "-" + std::string(season.substr(2, 2));
}

CodeReading check(RegistrationCode code, std::string_view season) {
  if (code.prefix != "100" && code.prefix != "200") {
    return problem(
        "That looks like a registration code, but codes start with **200** (new player) or "
        "**100** (returning player); yours starts with " +
        code.prefix + ".");
  }
  if (code.age != "open" && code.age.front() != 'u') {
    return problem("That looks like a registration code, but the age group needs a **u**: `" +
                   code.prefix + "-" + core::lower(code.team) + "-u" + code.age + "-" +
                   code.season + "`.");
  }
  if (code.season != season) {
    return problem("That code is for another season (" + code.season + "). This is " +
                   season_label(season) + ", so codes end in **" + std::string(season) +
                   "**. Please ask your team's manager or coach for this season's code.");
  }
  if (code.prefix == "100" && code.name.size() < 2) {
    return problem(
        "A code that starts with 100 is for a returning player and needs the player's name "
        "at the end, like `100-tigers-u13-" +
        std::string(season) + "-alex-smith`.");
  }
  if (code.prefix == "200" && !code.name.empty()) {
    return problem(
        "A code that starts with 200 is for a new player and has no name at the end. "
        "Please send it as `200-" +
        core::lower(code.team) + "-" + code.age + "-" + code.season + "`.");
  }
  CodeReading reading;
  reading.kind = CodeReading::Kind::kCode;
  reading.code = std::move(code);
  return reading;
}

}  // namespace

CodeReading read_code(std::string_view message, std::string_view season) {
  const auto text = straighten(message);
  std::string raw, prefix, team, age, year, name;
  if (!RE2::PartialMatch(text, shape(), &raw, &prefix, &team, &age, &year, &name)) return {};
  RegistrationCode code;
  code.raw = std::string(core::trim(raw));
  code.prefix = prefix;
  code.team = titled(team);
  code.age = core::lower(core::replace_all(age, " ", ""));
  code.season = year;
  for (auto word : core::split(name, '-')) {
    while (word.ends_with('\'')) word.pop_back();  // of a code in quotes
    if (!word.empty()) code.name.push_back(name_word(word));
  }
  return check(std::move(code), season);
}

std::string directory_age_group(const RegistrationCode& code) {
  return code.age == "open" ? "Open Age" : code.age + "s";
}

}  // namespace dugout::orchestrator

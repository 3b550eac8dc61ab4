// Takes a player's date of birth out of what a parent typed, and compares it with the age group of
// the registration code: under N on 31 August before the season. [any]
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "dugout/sdk/dates.hpp"
#include "dugout/sdk/plain_text.hpp"
#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"

namespace {

using dugout::sdk::Date;
using dugout::sdk::FoundDate;
using dugout::sdk::refused;
using nlohmann::json;

constexpr int kOpenMinYear = 1900;
constexpr int kOpenMinAge = 16;   // the youngest who may play open-age football
constexpr int kOldestYouth = 18;  // u18 is the last youth group

constexpr std::string_view kDeclaration = R"({
"name": "child_dob_validation",
"description": "Checks a player's date of birth and compares it with the age group.",
"arguments": {"type": "object", "additionalProperties": false, "required": ["date_of_birth"],
  "properties": {
    "date_of_birth": {"type": "string", "description": "What the user wrote"},
    "calculate_age": {"type": "boolean", "default": false, "description": "Also give the age"},
    "age_group": {"type": "string", "description": "u9, or open"},
    "season": {"type": "string", "description": "2526 for 2025-26"},
    "play_up_years": {"type": "integer", "minimum": 0, "maximum": 17, "default": 0,
                      "description": "How many years younger than the group still fits"},
    "too_old": {"enum": ["tell", "refuse"], "default": "tell",
                "description": "What becomes of a date that is too old for the group"}}},
"result": {"type": "object", "required": ["value"], "properties": {
    "value": {"type": "string", "description": "DD-MM-YYYY"},
    "age": {"type": "integer", "description": "Whole years today"},
    "fits_age_group": {"enum": ["Y", "N"]},
    "expected_age_group": {"type": "string", "description": "The group this date belongs to"}}},
"timeout_ms": 1000,
"check": {"argument": "date_of_birth"}})";

// "u9", "U9", "u9s" and "9" give 9; "open" gives 0.
std::optional<int> group_number(std::string_view text) {
  auto group = dugout::sdk::lower(dugout::sdk::tidy(text));
  if (group == "open" || group == "open age") return 0;
  if (!group.empty() && group.front() == 'u') group.erase(0, 1);
  if (!group.empty() && group.back() == 's') group.pop_back();
  if (group.empty() || group.size() > 2) return std::nullopt;
  int number = 0;
  for (const char c : group) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number > 0 ? std::optional(number) : std::nullopt;
}

// 2025 from "2526".
std::optional<int> season_start(std::string_view text) {
  if (text.size() != 4) return std::nullopt;
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  const bool consecutive = number % 100 == (number / 100 + 1) % 100;
  return consecutive ? std::optional(2000 + number / 100) : std::nullopt;
}

class ChildDob final : public dugout::sdk::Tool {
 public:
  ChildDob(std::string_view config, dugout::sdk::Host host)
      : host_(host), min_year_(json::parse(config).value("min_year", 2007)) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [any]
  dugout::Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto given = json::parse(args);
    const auto today = dugout::sdk::date_of_unix_ms(host_.unix_ms());
    const auto text = dugout::sdk::tidy(given.at("date_of_birth").get_ref<const std::string&>());
    const auto found = dugout::sdk::find_date(text, today.year);
    switch (found.kind) {
      case FoundDate::Kind::kNone:
        return refused("not_a_date", "I need a day, a month and a year, such as 14-05-2017.");
      case FoundDate::Kind::kUnreal:
        return refused("unreal_date",
                       "That day is not in the calendar. Please check day and month.");
      case FoundDate::Kind::kSeveral:
        return refused("several_dates",
                       "I saw more than one date. Which one is the date of birth?");
      case FoundDate::Kind::kOne:
        break;
    }
    return judged(found.date, today, given);
  }

 private:
  std::string judged(const Date& birth, const Date& today, const json& given) const {
    if (today < birth) {
      return refused("in_future", "That date of birth is in the future. Please check the year.");
    }
    const auto group = group_number(given.value("age_group", std::string()));
    // An adult joins an open-age team through the same routine; the youth limit is not for them.
    const int min_year = group == 0 ? std::min(min_year_, kOpenMinYear) : min_year_;
    if (birth.year < min_year) {
      return refused("too_early", "Players born before " + std::to_string(min_year) +
                                      " cannot be registered here. Please check the year.");
    }
    json data = {{"value", dugout::sdk::day_first(birth)}};
    if (given.value("calculate_age", false)) data["age"] = dugout::sdk::age_on(birth, today);
    const auto season = season_start(given.value("season", std::string()));
    if (!group || !season) return dugout::sdk::accepted(data.dump());
    const int expected = group_of(birth, *season);
    if (*group > 0 && expected > *group && given.value("too_old", "tell") == "refuse") {
      return refused("too_old", "With that date of birth the player is too old for the U" +
                                    std::to_string(*group) + "s. Please check the year.");
    }
    add_group(birth, today, {*group, expected, *season, given.value("play_up_years", 0)}, &data);
    return dugout::sdk::accepted(data.dump());
  }

  struct Comparison {
    int group, expected, season, play_up_years;
  };

  // Born 1 September 2016 to 31 August 2017 is u9 in 2025-26.
  static int group_of(const Date& birth, int season) {
    const int school_year = birth.month >= 9 ? birth.year : birth.year - 1;
    return std::max(season - school_year, 1);
  }

  static void add_group(const Date& birth, const Date& today, const Comparison& comparison,
                        json* data) {
    const auto [group, expected, season, play_up_years] = comparison;
    const Date cut_off{season, 8, 31};
    const auto when = today < cut_off ? cut_off : today;
    const bool adult = dugout::sdk::age_on(birth, when) >= kOpenMinAge;
    const bool youth_fits = group >= expected && group - expected <= play_up_years;
    const bool fits = group == 0 ? adult : youth_fits;
    (*data)["fits_age_group"] = fits ? "Y" : "N";
    const bool open = expected > kOldestYouth || (group == 0 && adult);
    (*data)["expected_age_group"] = open ? "open" : "u" + std::to_string(expected);
  }

  const dugout::sdk::Host host_;
  const int min_year_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(ChildDob, "tool.child_dob_validation")

// Takes a past date, such as an adult's date of birth, out of what a user typed. [any]
#include <nlohmann/json.hpp>
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

constexpr std::string_view kDeclaration = R"({
"name": "date_validation",
"description": "Checks a date in the past, written in any usual form, and gives it as DD-MM-YYYY.",
"arguments": {"type": "object", "additionalProperties": false, "required": ["date"],
  "properties": {
    "date": {"type": "string", "description": "What the user wrote"},
    "min_year": {"type": "integer", "description": "The earliest year"},
    "min_age": {"type": "integer", "minimum": 0, "description": "Whole years, at least"},
    "max_age": {"type": "integer", "minimum": 0, "description": "Whole years, at most"}}},
"result": {"type": "object", "required": ["value", "age"], "properties": {
    "value": {"type": "string", "description": "DD-MM-YYYY"},
    "age": {"type": "integer", "description": "Whole years today"}}},
"timeout_ms": 1000,
"check": {"argument": "date"}})";

class PastDate final : public dugout::sdk::Tool {
 public:
  PastDate(std::string_view config, dugout::sdk::Host host)
      : host_(host), min_year_(json::parse(config).value("min_year", 1900)) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [any]
  dugout::Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto given = json::parse(args);
    const auto today = dugout::sdk::date_of_unix_ms(host_.unix_ms());
    const auto text = dugout::sdk::tidy(given.at("date").get_ref<const std::string&>());
    const auto found = dugout::sdk::find_date(text, today.year);
    switch (found.kind) {
      case FoundDate::Kind::kNone:
        return refused("not_a_date", "I need a day, a month and a year, such as 14-05-1985.");
      case FoundDate::Kind::kUnreal:
        return refused("unreal_date",
                       "That day is not in the calendar. Please check day and month.");
      case FoundDate::Kind::kSeveral:
        return refused("several_dates", "I saw more than one date. Which one is it?");
      case FoundDate::Kind::kOne:
        break;
    }
    return judged(found.date, today, given);
  }

 private:
  std::string judged(const Date& date, const Date& today, const json& given) const {
    const int age = dugout::sdk::age_on(date, today);
    if (today < date)
      return refused("in_future", "That date is in the future. Please check the year.");
    if (date.year < given.value("min_year", min_year_)) {
      return refused("too_early", "That year is too long ago. Please check it.");
    }
    if (age < given.value("min_age", 0)) {
      return refused("too_young", "By that date of birth the person is too young for this.");
    }
    if (given.contains("max_age") && age > given.at("max_age").get<int>()) {
      return refused("too_old",
                     "By that date the age is higher than it can be. Please check the year.");
    }
    return dugout::sdk::accepted(
        json{{"value", dugout::sdk::day_first(date)}, {"age", age}}.dump());
  }

  const dugout::sdk::Host host_;
  const int min_year_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(PastDate, "tool.date_validation")

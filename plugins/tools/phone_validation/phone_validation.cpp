// Takes the one phone number out of what a user typed. libphonenumber knows the forms and kinds;
// what it cannot know (the ranges kept for drama and tests) goes by the national pattern. [any]
#include <phonenumbers/phonenumberutil.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

#include "dugout/sdk/plain_text.hpp"
#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"

namespace {

using dugout::sdk::refused;
using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;
using nlohmann::json;

constexpr std::size_t kFewestDigits = 7, kMostDigits = 17;  // 17: 0044 (0) and ten more
constexpr int kUnitedKingdom = 44;

constexpr std::string_view kDeclaration = R"({
"name": "phone_validation",
"description": "Finds the one phone number in a text, checks it, and gives it in national form.",
"arguments": {"type": "object", "additionalProperties": false, "required": ["phone"],
  "properties": {
    "phone": {"type": "string", "description": "What the user wrote"},
    "kind": {"enum": ["mobile", "any"], "default": "any"},
    "region": {"type": "string", "pattern": "^[A-Z]{2}$",
               "description": "Where a number without a country code belongs, such as GB"}}},
"result": {"type": "object", "required": ["value", "e164"], "properties": {
    "value": {"type": "string", "description": "UK: 11 digits from 0; elsewhere as e164"},
    "e164": {"type": "string", "description": "+447700900123"}}},
"timeout_ms": 1000,
"check": {"argument": "phone"}})";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Runs of digits as people group them: "07700 900-123", "+44 (0)7700 900.123".
struct Runs {
  std::set<std::string> numbers;  // digits, with a leading + where it was written
  bool too_short = false, too_long = false;
};

Runs digit_runs(std::string_view text) {
  Runs out;
  std::string run;
  std::size_t digits = 0;
  const auto finish = [&] {
    if (digits > kMostDigits) out.too_long = true;
    if (digits > 0 && digits < kFewestDigits) out.too_short = true;
    if (digits >= kFewestDigits && digits <= kMostDigits) out.numbers.insert(run);
    run.clear();
    digits = 0;
  };
  for (const char c : text) {
    if (is_digit(c)) {
      if (digits <= kMostDigits) run += c;
      ++digits;
    } else if (c == '+') {
      if (digits > 0) finish();
      run = "+";
    } else if (c != ' ' && c != '-' && c != '.' && c != '(' && c != ')' && c != '/') {
      finish();
    }
  }
  finish();
  return out;
}

class Phone final : public dugout::sdk::Tool {
 public:
  explicit Phone(std::string_view config)
      : region_(json::parse(config).value("region", "GB")),
        library_(*PhoneNumberUtil::GetInstance()) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [any] The library's own state is constant after its first use.
  dugout::Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto given = json::parse(args);
    const auto region = given.value("region", region_);
    const bool mobile = given.value("kind", "any") == "mobile";
    const auto text = dugout::sdk::tidy(given.at("phone").get_ref<const std::string&>());
    const auto runs = digit_runs(text);
    std::set<std::string> seen;
    PhoneNumber number, parsed;
    for (const auto& run : runs.numbers) {
      if (!parse(run, region, &parsed)) continue;
      seen.insert(e164(parsed));
      number = parsed;
    }
    if (runs.too_long || seen.size() > 1) {
      return refused("several_numbers",
                     "I could not tell which number you mean. Please give just one.");
    }
    if (seen.empty()) return nothing_found(runs);
    return judged(number, region, mobile);
  }

 private:
  static std::string nothing_found(const Runs& runs) {
    if (runs.too_short || !runs.numbers.empty()) {
      return refused("too_short", "That number is too short. A UK number has 11 digits.");
    }
    return refused("no_number", "I did not see a phone number. Please write it in digits.");
  }

  bool parse(const std::string& run, const std::string& region, PhoneNumber* out) const {
    return library_.Parse(run, region, out) == PhoneNumberUtil::NO_PARSING_ERROR;
  }

  std::string e164(const PhoneNumber& number) const {
    std::string out;
    library_.Format(number, PhoneNumberUtil::E164, &out);
    return out;
  }

  std::string judged(const PhoneNumber& number, const std::string& region, bool mobile) const {
    if (number.country_code() != library_.GetCountryCodeForRegion(region)) {
      return refused("wrong_country",
                     "That number belongs to another country. Please give a local one.");
    }
    std::string national;
    library_.GetNationalSignificantNumber(number, &national);
    const bool uk = number.country_code() == kUnitedKingdom;
    if (uk && national.size() < 10)
      return refused("too_short", "That number is too short. It has 11 digits.");
    if (uk && national.size() > 10)
      return refused("too_long", "That number is too long. It has 11 digits.");
    const auto type = library_.GetNumberType(number);
    if (mobile && !is_mobile(type, uk, national)) return not_mobile(uk, national);
    // The drama ranges are in no plan, so their type is unknown; their shape is good.
    const bool drama = uk && type == PhoneNumberUtil::UNKNOWN &&
                       std::string_view("1237").find(national[0]) != std::string_view::npos;
    if (!library_.IsValidNumber(number) && !drama) {
      return refused("not_in_use", "No phone has such a number. Please check the digits.");
    }
    const auto international = e164(number);
    return dugout::sdk::accepted(
        json{{"value", uk ? "0" + national : international}, {"e164", international}}.dump());
  }

  static bool is_mobile(PhoneNumberUtil::PhoneNumberType type, bool uk,
                        const std::string& national) {
    if (type == PhoneNumberUtil::MOBILE) return true;
    if (!uk) return type == PhoneNumberUtil::FIXED_LINE_OR_MOBILE;
    return type == PhoneNumberUtil::UNKNOWN && national[0] == '7';
  }

  static std::string not_mobile(bool uk, const std::string& national) {
    if (uk && (national[0] == '1' || national[0] == '2')) {
      return refused("landline",
                     "That is a landline. I need a mobile number, one that starts with 07.");
    }
    return refused("not_mobile", uk ? "That is not a mobile number. UK mobiles start with 07."
                                    : "That is not a mobile number.");
  }

  const std::string region_;
  const PhoneNumberUtil& library_;  // the library's own, for ever
};

}  // namespace

DUGOUT_TOOL_PLUGIN(Phone, "tool.phone_validation")

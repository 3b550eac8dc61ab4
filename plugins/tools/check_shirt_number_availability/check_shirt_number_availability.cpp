// Says whether a shirt number of a team is free and which others are; never who wears one. Reads
// the table `shirts`, in which update_kit_details_to_db claims numbers. [worker]; keeps nothing
// between calls, so the answer is a hint: only the claim decides.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dugout/sdk/tool.hpp"

namespace {

using nlohmann::json;

constexpr int kHighest = 49;
constexpr std::size_t kOffered = 10;

constexpr std::string_view kDeclaration = R"({
  "name": "check_shirt_number_availability",
  "description": "Tells whether a shirt number (1 to 49) is free in a team, and some that are free. 1 and 12 are goalkeepers' numbers.",
  "arguments": {
    "type": "object", "additionalProperties": false,
    "required": ["team", "age_group", "requested_shirt_number"],
    "properties": {
      "team": {"type": "string", "minLength": 1, "maxLength": 50},
      "age_group": {"type": "string", "minLength": 1, "maxLength": 20, "description": "u10"},
      "requested_shirt_number": {"type": ["integer", "string"]},
      "season": {"type": "string", "maxLength": 4, "description": "2526 when left out"},
      "record_id": {"type": "string", "description": "this player's record: an own number is free"}}},
  "result": {
    "type": "object", "required": ["available", "shirt_number", "free_numbers", "kit_type"],
    "properties": {
      "available": {"enum": ["Y", "N"]}, "shirt_number": {"type": "string"},
      "free_numbers": {"type": "string"}, "kit_type": {"enum": ["Goalkeeper", "Outfield"]}}},
  "timeout_ms": 5000})";

std::string text_of(const json& row, const char* member) {
  const auto found = row.find(member);
  if (found == row.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string folded(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::string out(text);
  for (auto& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

// The spelling of registration records: "U10s" -> "u10".
std::string record_age(std::string_view typed) {
  auto age = folded(typed);
  if (age.size() > 2 && age[0] == 'u' && age.back() == 's') age.pop_back();
  return age;
}

// 0 = not a number from 1 to 49. Texts of digits count: pinned arguments are texts.
int shirt_number_of(const json& value) {
  std::string digits;
  if (value.is_string()) {
    digits = folded(value.get<std::string>());
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

bool is_goalkeeper(int number) {
  return number == 1 || number == 12;
}

using Taken = std::array<bool, kHighest + 1>;

class LocalShirts {
 public:
  explicit LocalShirts(dugout::sdk::Host host) : host_(host) {}

  dugout::Outcome<Taken> taken(const json& wanted) const {
    const auto age = record_age(wanted["age_group"].get<std::string>());
    const auto rows = host_.find_rows("shirts", json{{"age_group", age}}.dump());
    if (!rows) return rows.error();
    const auto team = folded(wanted["team"].get<std::string>());
    const auto season = wanted.value("season", "2526");
    const auto own = wanted.value("record_id", "");
    Taken out{};
    for (const auto& row : json::parse(*rows)) {
      if (folded(text_of(row, "team")) != team || text_of(row, "season") != season) continue;
      if (row.value("released", false)) continue;
      if (!own.empty() && text_of(row, "record_id") == own) continue;
      const auto number = row.find("shirt_number");
      if (number != row.end() && !number->is_null()) {
        out[static_cast<std::size_t>(shirt_number_of(*number))] = true;
      }
    }
    return out;
  }

 private:
  dugout::sdk::Host host_;
};

// The free ones of the same kind nearest to the wish: an outfield player is offered no goalkeeper's
// number. When both of those are gone, any other will do.
std::vector<int> free_near(const Taken& taken, int wish, bool same_kind = true) {
  std::vector<int> out;
  for (int number = 1; number <= kHighest; ++number) {
    if (taken[static_cast<std::size_t>(number)] || number == wish) continue;
    if (is_goalkeeper(number) == (is_goalkeeper(wish) && same_kind)) out.push_back(number);
  }
  if (out.empty() && is_goalkeeper(wish) && same_kind) return free_near(taken, wish, false);
  std::stable_sort(out.begin(), out.end(),
                   [wish](int a, int b) { return std::abs(a - wish) < std::abs(b - wish); });
  if (out.size() > kOffered) out.resize(kOffered);
  std::sort(out.begin(), out.end());
  return out;
}

std::string listed(const std::vector<int>& numbers) {
  std::string out;
  for (const int number : numbers) out += (out.empty() ? "" : ", ") + std::to_string(number);
  return out;
}

std::string refused(std::string_view code, std::string_view message, bool retryable) {
  return json{{"ok", false},
              {"error", {{"code", code}, {"message", message}, {"retryable", retryable}}}}
      .dump();
}

class CheckShirtNumberAvailability final : public dugout::sdk::Tool {
 public:
  CheckShirtNumberAvailability(std::string_view /*config*/, dugout::sdk::Host host)
      : shirts_(host) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  dugout::Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto wanted = json::parse(args);
    const int number = shirt_number_of(wanted["requested_shirt_number"]);
    if (number == 0) {
      return refused("invalid_number", "A shirt number is a whole number from 1 to 49.", false);
    }
    const auto taken = shirts_.taken(wanted);
    if (!taken) return refused("unavailable", "Shirt numbers cannot be read now.", true);
    return json{{"ok", true},
                {"data",
                 {{"available", (*taken)[static_cast<std::size_t>(number)] ? "N" : "Y"},
                  {"shirt_number", std::to_string(number)},
                  {"free_numbers", listed(free_near(*taken, number))},
                  {"kit_type", is_goalkeeper(number) ? "Goalkeeper" : "Outfield"}}}}
        .dump();
  }

 private:
  LocalShirts shirts_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(CheckShirtNumberAvailability, "tool.check_shirt_number_availability")

// Names, their properties and templates. Pure functions, safe from any thread.
#include "routines/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "core/text.hpp"
#include "dugout/sdk/dates.hpp"

namespace dugout::routines {
namespace {

constexpr std::array<std::string_view, 9> kProperties = {
    "age", "number", "length", "upper", "lower", "title", "last3", "spaced", "yes_no"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool starts_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

std::optional<int> whole(std::string_view digits) {
  int value = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<std::string> age(const std::string& date, core::WallTime today) {
  if (date.size() != 10 || date[2] != '-' || date[5] != '-') return std::nullopt;
  const auto day = whole(std::string_view(date).substr(0, 2));
  const auto month = whole(std::string_view(date).substr(3, 2));
  const auto year = whole(std::string_view(date).substr(6, 4));
  if (!day || !month || !year) return std::nullopt;
  const std::chrono::year_month_day born{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  const std::chrono::year_month_day now{std::chrono::floor<std::chrono::days>(today)};
  if (!born.ok()) return std::nullopt;
  int years = static_cast<int>(now.year()) - static_cast<int>(born.year());
  const bool birthday_to_come =
      now.month() < born.month() || (now.month() == born.month() && now.day() < born.day());
  if (birthday_to_come) --years;
  if (years < 0) return std::nullopt;
  return std::to_string(years);
}

std::optional<std::string> number(const std::string& text) {
  const auto first = std::find_if(text.begin(), text.end(), is_digit);
  const auto last = std::find_if_not(first, text.end(), is_digit);
  if (first == last) return std::nullopt;
  std::string digits(first, last);
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  if (digits.size() > 18) return std::nullopt;
  return digits;
}

std::string title(std::string_view text) {
  std::string out = core::lower(text);
  bool fresh = true;
  for (char& c : out) {
    if (fresh && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    fresh = c == ' ' || c == '-' || c == '_';
  }
  return out;
}

std::string last_three(const std::string& text) {
  std::size_t at = text.size();
  for (int left = 3; left > 0 && at > 0;) {
    --at;
    if (starts_character(text[at])) --left;
  }
  return text.substr(at);
}

// 07700900123 -> 07700 900 123: groups of three from the end, the first group keeps at most five.
std::string spaced(const std::string& text) {
  std::string head = text, tail;
  while (head.size() > 5) {
    tail = " " + head.substr(head.size() - 3) + tail;
    head.resize(head.size() - 3);
  }
  return head + tail;
}

// How "Y" and "N" are shown to people.
std::optional<std::string> yes_no(const std::string& value) {
  if (value == "Y") return "yes";
  if (value == "N") return "no";
  return std::nullopt;
}

std::optional<std::string> apply(std::string_view property, const std::string& value,
                                 core::WallTime today) {
  if (property == "age") return age(value, today);
  if (property == "number") return number(value);
  if (property == "length") {
    return std::to_string(std::count_if(value.begin(), value.end(), starts_character));
  }
  if (property == "upper") return core::upper(value);
  if (property == "lower") return core::lower(value);
  if (property == "title") return title(value);
  if (property == "last3") return last_three(value);
  if (property == "yes_no") return yes_no(value);
  return spaced(value);
}

// One piece of a template: literal text or a slot.
struct Piece {
  bool is_slot = false;
  std::string text;
};

// The length of the slot that starts at `at`, braces included; 0 = no slot.
std::size_t slot_at(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size() || !is_start(text[at + 1])) return 0;
  std::size_t end = at + 1;
  while (end < text.size() && (is_start(text[end]) || is_digit(text[end]) || text[end] == '.')) {
    ++end;
  }
  return end < text.size() && text[end] == '}' ? end - at + 1 : 0;
}

std::vector<Piece> pieces(std::string_view text) {
  std::vector<Piece> out;
  std::string literal;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const bool doubled = at + 1 < text.size() && text[at + 1] == c;
    const std::size_t length = c == '{' && !doubled ? slot_at(text, at) : 0;
    if (length > 0) {
      if (!literal.empty()) out.push_back({false, std::exchange(literal, {})});
      out.push_back({true, std::string(text.substr(at + 1, length - 2))});
      at += length;
    } else {
      literal += c;
      at += (c == '{' || c == '}') && doubled ? 2 : 1;
    }
  }
  if (!literal.empty()) out.push_back({false, literal});
  return out;
}

// What is left around an empty slot: "number, ?" -> "number?".
std::string tidy(const std::string& line) {
  std::string out;
  for (const char c : line) {
    const bool closes = c == '.' || c == '?' || c == '!';
    if (closes || c == ',' || c == ';' || c == ':') {
      while (!out.empty() && (out.back() == ' ' || (closes && out.back() == ','))) out.pop_back();
    }
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += c;
  }
  return std::string(core::trim(out));
}

// One line filled in; `complete` turns false when a slot of it is not set.
std::string fill(std::string_view line, const Values& values, bool& complete) {
  std::string out;
  complete = true;
  for (const auto& piece : pieces(line)) {
    if (!piece.is_slot) {
      out += piece.text;
      continue;
    }
    auto value = resolve(piece.text, values);
    complete = complete && value.has_value();
    if (value) out += values.shown(piece.text, std::move(*value));
  }
  return out;
}

}  // namespace

std::optional<std::string> resolve(std::string_view name, const Values& values) {
  if (auto whole_name = values.get(name)) return whole_name;
  if (name == kNow) return sdk::iso_time(values.today().time_since_epoch().count());
  const auto base = base_name(name);
  if (base.size() == name.size()) return std::nullopt;
  const auto value = values.get(base);
  if (!value) return std::nullopt;
  return apply(name.substr(base.size() + 1), *value, values.today());
}

std::string render(std::string_view text, const Values& values) {
  const auto body = core::trim(text);
  bool complete = true;
  if (body.find('\n') == body.npos) {
    const auto line = fill(body, values, complete);
    return complete ? line : tidy(line);
  }
  std::string out;
  for (const auto& line : core::split(body, '\n')) {
    const auto filled = fill(line, values, complete);
    if (!complete) continue;
    // Where lines dropped out, their blank neighbours must not pile up.
    if (filled.empty() && (out.empty() || out.ends_with("\n\n"))) continue;
    out += filled + "\n";
  }
  return std::string(core::trim(out));
}

std::vector<std::string> slots(std::string_view text) {
  std::vector<std::string> out;
  for (auto& piece : pieces(text)) {
    if (piece.is_slot) out.push_back(std::move(piece.text));
  }
  return out;
}

std::string base_name(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == name.npos) return std::string(name);
  const auto property = name.substr(dot + 1);
  const bool known =
      std::find(kProperties.begin(), kProperties.end(), property) != kProperties.end();
  return std::string(known ? name.substr(0, dot) : name);
}

}  // namespace dugout::routines

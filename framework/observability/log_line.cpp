#include "observability/log_line.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <nlohmann/json.hpp>

#include "core/text.hpp"

namespace dugout::observability {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warning", "error"};
constexpr std::size_t kMaxText = 500;  // bytes of one value; a log is no place for documents

std::string stamp(core::WallTime time) {
  const auto ms = time.time_since_epoch().count();
  const auto whole = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  gmtime_r(&whole, &parts);
  std::array<char, 40> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.", &parts);
  const auto fraction = std::to_string(1000 + ms % 1000).substr(1);
  return std::string(text.data(), size) + fraction + "Z";
}

bool word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

bool looks_like_id(std::string_view text) {
  return text.size() <= 64 && std::all_of(text.begin(), text.end(), word_character);
}

std::string shown(std::string_view text, Field::Care care) {
  const bool as_is =
      care == Field::Care::kSafe || (care == Field::Care::kId && looks_like_id(text));
  const auto cut = core::clip(text, kMaxText);
  auto out = as_is ? core::to_utf8(cut) : core::masked(core::to_utf8(cut));
  if (cut.size() < text.size()) out += "...";
  return out;
}

Json value(const Field& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.content)) {
    return shown(*text, field.care);
  }
  if (const auto* number = std::get_if<std::int64_t>(&field.content)) return *number;
  if (const auto* real = std::get_if<double>(&field.content)) return *real;
  return std::get<bool>(field.content);
}

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// A plain word as it is, anything else as a JSON string, so that no value can forge a line.
std::string word_or_quoted(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return word_character(c) || c == '/' || c == ':' || c == '*' || c == '@' || c == '+';
  });
  // ensure_ascii: control characters of Unicode do not reach a terminal either.
  return plain ? text : Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace

std::optional<Level> level_named(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Level>(found - kNames.begin());
}

std::string text_line(core::WallTime time, Level level, std::string_view event, Fields fields) {
  std::string line = stamp(time);
  line += ' ';
  line += kNames[static_cast<std::size_t>(level)];
  line += ' ';
  line += word_or_quoted(std::string(event));
  for (const auto& field : fields) {
    const auto shown_value = value(field);
    line += ' ' + word_or_quoted(std::string(field.key)) + '=';
    line += shown_value.is_string() ? word_or_quoted(shown_value.get<std::string>())
                                    : dumped(shown_value);
  }
  return line;
}

std::string json_line(core::WallTime time, Level level, std::string_view event, Fields fields) {
  Json line = {{"time", stamp(time)},
               {"level", kNames[static_cast<std::size_t>(level)]},
               {"event", std::string(event)}};
  for (const auto& field : fields) line.emplace(std::string(field.key), value(field));
  return dumped(line);
}

}  // namespace dugout::observability

#include "observability/log_line.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "observability/json_pieces.hpp"

namespace dugout::observability {
namespace {

constexpr std::size_t kMaxText = 500;  // bytes of one value; a log is no place for documents
constexpr std::array<std::string_view, 3> kFirst = {"time", "level", "event"};

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

// A number or a truth value as both formats write it.
void put_plain(std::string& out, const Field::Content& content) {
  if (const auto* number = std::get_if<std::int64_t>(&content)) return put_json(out, *number);
  if (const auto* real = std::get_if<double>(&content)) return put_json(out, *real);
  put_json(out, std::get<bool>(content));
}

// A plain word as it is, anything else as a JSON string, so that no value can forge a line.
std::string word_or_quoted(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return word_character(c) || c == '/' || c == ':' || c == '*' || c == '@' || c == '+';
  });
  if (plain) return text;
  using Json = nlohmann::json;
  // ensure_ascii: control characters of Unicode do not reach a terminal either.
  return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

bool has_field(FieldSpan fields, std::string_view key) {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const Field& field) { return field.key == key; });
}

// Each field once, in order.
template <typename Put>
void each_field(FieldSpan known, Fields own, const Put& put) {
  for (const auto& field : known) put(field);
  const FieldSpan all(own.begin(), own.size());
  for (std::size_t at = 0; at < all.size(); ++at) {
    if (!has_field(known, all[at].key) && !has_field(all.first(at), all[at].key)) put(all[at]);
  }
}

}  // namespace

std::string text_line(core::WallTime time, Level level, std::string_view event, Fields fields,
                      FieldSpan known) {
  std::string line = stamp(time);
  (line += ' ') += name_of(level);
  (line += ' ') += word_or_quoted(std::string(event));
  each_field(known, fields, [&](const Field& field) {
    (line += ' ') += word_or_quoted(std::string(field.key));
    line += '=';
    if (const auto* text = std::get_if<std::string_view>(&field.content)) {
      line += word_or_quoted(shown(*text, field.care));
    } else {
      put_plain(line, field.content);
    }
  });
  return line;
}

std::string json_line(core::WallTime time, Level level, std::string_view event, Fields fields,
                      FieldSpan known) {
  std::string line = "{\"time\":\"" + stamp(time) + "\",\"level\":\"";
  (line += name_of(level)) += "\",\"event\":";
  put_json(line, event);
  each_field(known, fields, [&](const Field& field) {
    if (std::find(kFirst.begin(), kFirst.end(), field.key) != kFirst.end()) return;
    line += ',';
    put_json(line, field.key);
    line += ':';
    if (const auto* text = std::get_if<std::string_view>(&field.content)) {
      put_json(line, std::string_view(shown(*text, field.care)));
    } else {
      put_plain(line, field.content);
    }
  });
  return line += '}';
}

}  // namespace dugout::observability

#include "core/untrusted.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/text.hpp"

namespace dugout::core {
namespace {

using Point = utf8proc_int32_t;

constexpr Point kNonJoiner = 0x200C, kJoiner = 0x200D, kEmojiForm = 0xFE0F;
constexpr Point kFirstJoining = 0x0600;  // Arabic; scripts before it need no joiners
constexpr Point kFirstSymbol = 0x2000;   // an emoji form behind a letter shows nothing

// One code point of text that is known to be UTF-8.
Point take_point(std::string_view text, std::size_t& at) {
  Point point = -1;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                                     static_cast<utf8proc_ssize_t>(text.size() - at), &point);
  at += size > 0 ? static_cast<std::size_t>(size) : 1;
  return size > 0 ? point : 0xFFFD;
}

void put_point(std::string& out, Point point) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto size = utf8proc_encode_char(point, bytes.data());
  out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size));
}

// Signs without a shape of their own, besides what utf8proc calls control or format.
bool hidden(Point point) {
  constexpr std::array<std::pair<Point, Point>, 9> kHidden{{{0x034F, 0x034F},
                                                            {0x115F, 0x1160},
                                                            {0x17B4, 0x17B5},
                                                            {0x180B, 0x180F},
                                                            {0x3164, 0x3164},
                                                            {0xFE00, 0xFE0F},
                                                            {0xFFA0, 0xFFA0},
                                                            {0xFFF9, 0xFFFB},
                                                            {0xE0000, 0xE0FFF}}};
  return std::any_of(kHidden.begin(), kHidden.end(), [point](const auto& range) {
    return point >= range.first && point <= range.second;
  });
}

bool unseen(Point point, Point before) {
  if (point == '\n' || point == '\t') return false;
  if (point < 0x80) return point < 0x20 || point == 0x7f;
  if (point == kJoiner || point == kNonJoiner) return before < kFirstJoining;
  if (point == kEmojiForm) return before < kFirstSymbol || before == kEmojiForm;
  if (hidden(point)) return true;
  const auto category = utf8proc_category(point);
  return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
         category == UTF8PROC_CATEGORY_CO;
}

bool ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte < 0x7f) || c == '\n' || c == '\t';
  });
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Is `text[at]` a '<' that could begin a tag or a template's sign?
bool begins_tag(std::string_view text, std::size_t at) {
  const char next = at + 1 < text.size() ? text[at + 1] : ' ';
  return is_letter(next) || next == '/' || next == '|' || next == '<' || next == '!' || next == '?';
}

// "[INST]", "[/INST]", "[TOOL_RESULTS]"
bool begins_bracket_role(std::string_view text, std::size_t at) {
  constexpr std::size_t kLongest = 24, kShortest = 3;
  auto end = at + 1;
  if (end < text.size() && text[end] == '/') ++end;
  const auto start = end;
  while (end < text.size() && end - start < kLongest &&
         ((text[end] >= 'A' && text[end] <= 'Z') || text[end] == '_')) {
    ++end;
  }
  return end < text.size() && text[end] == ']' && end - start >= kShortest;
}

// The colon of a line that begins like a role's, "## System: ..."; npos = none.
std::size_t role_colon(std::string_view line) {
  constexpr std::array kRoles{"system", "developer", "assistant", "user",
                              "human",  "tool",      "function"};
  constexpr std::string_view kAround = " \t#*_>-\"'`";
  const auto start = line.find_first_not_of(kAround);
  if (start == line.npos) return line.npos;
  auto end = start;
  while (end < line.size() && is_letter(line[end])) ++end;
  const auto word = lower(line.substr(start, std::min<std::size_t>(end - start, 16)));
  if (std::find(kRoles.begin(), kRoles.end(), word) == kRoles.end()) return line.npos;
  const auto colon = line.find_first_not_of(kAround, end);
  return colon != line.npos && line[colon] == ':' ? colon : line.npos;
}

std::string taken_apart(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  auto colon = role_colon(text.substr(0, text.find('\n')));
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (at == colon) out += ' ';
    out += c;
    const bool bar = c == '|' && at + 1 < text.size() && text[at + 1] == '>';
    if (bar || (c == '<' && begins_tag(text, at)) || (c == '[' && begins_bracket_role(text, at))) {
      out += ' ';
    }
    if (c != '\n') continue;
    const auto line = text.substr(at + 1);
    colon = role_colon(line.substr(0, line.find('\n')));
    if (colon != text.npos) colon += at + 1;
  }
  return out;
}

// "&#64;", "&#x40;", "&commat;" at `at`; nullopt = none. Moves `at` behind it.
std::optional<Point> reference(std::string_view text, std::size_t& at) {
  constexpr std::array<std::pair<std::string_view, Point>, 12> kNamed{{{"amp", '&'},
                                                                       {"lt", '<'},
                                                                       {"gt", '>'},
                                                                       {"quot", '"'},
                                                                       {"commat", '@'},
                                                                       {"period", '.'},
                                                                       {"colon", ':'},
                                                                       {"sol", '/'},
                                                                       {"hyphen", '-'},
                                                                       {"lpar", '('},
                                                                       {"rpar", ')'},
                                                                       {"nbsp", ' '}}};
  constexpr std::size_t kLongest = 12;
  const auto end = text.substr(0, std::min(text.size(), at + kLongest)).find(';', at);
  if (end == text.npos) return std::nullopt;
  auto name = text.substr(at + 1, end - at - 1);
  if (name.size() > 1 && name.front() == '#') {
    const bool hex = name[1] == 'x' || name[1] == 'X';
    name.remove_prefix(hex ? 2 : 1);
    Point point = 0;
    for (const char c : name) {
      const bool digit = c >= '0' && c <= '9';
      const char low = static_cast<char>(c | 0x20);
      if (!digit && !(hex && low >= 'a' && low <= 'f')) return std::nullopt;
      point = point * (hex ? 16 : 10) + (digit ? c - '0' : low - 'a' + 10);
      if (point > 0x10FFFF) return std::nullopt;
    }
    at = end;
    return utf8proc_codepoint_valid(point) ? point : 0xFFFD;
  }
  for (const auto& [known, point] : kNamed) {
    if (name != known) continue;
    at = end;
    return point;
  }
  return std::nullopt;
}

// HTML's references, and Markdown's signs that a reader does not see, gone.
std::string resolved(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '*' || c == '`') continue;
    if (c == '\\' && at + 1 < text.size() && !is_letter(text[at + 1])) continue;
    if (c == '&') {
      if (const auto point = reference(text, at)) {
        put_point(out, *point);
        continue;
      }
    }
    out += c;
  }
  return out;
}

void put_seen(std::string& out, Point point) {
  if (point == kJoiner || point == kNonJoiner || point == kEmojiForm) return;
  if (point == 0x3002 || point == 0xFF61) return out.push_back('.');  // dots that browsers take
  const auto category = utf8proc_category(point);
  if (category == UTF8PROC_CATEGORY_PD || point == 0x2212) return out.push_back('-');
  if (category == UTF8PROC_CATEGORY_ZS) return out.push_back(' ');
  std::array<Point, 32> parts{};
  const auto made = utf8proc_decompose_char(
      point, parts.data(), parts.size(),
      static_cast<utf8proc_option_t>(UTF8PROC_COMPAT | UTF8PROC_STABLE | UTF8PROC_COMPOSE),
      nullptr);
  if (made <= 0 || made > static_cast<utf8proc_ssize_t>(parts.size())) return put_point(out, point);
  for (utf8proc_ssize_t i = 0; i < made; ++i) put_point(out, parts[static_cast<std::size_t>(i)]);
}

}  // namespace

std::string without_unseen(std::string_view text) {
  if (ascii(text)) return std::string(text);
  const auto valid = to_utf8(text);
  std::string out;
  out.reserve(valid.size());
  Point before = 0;
  for (std::size_t at = 0; at < valid.size();) {
    auto point = take_point(valid, at);
    if (point == 0x2028 || point == 0x2029 || point == 0x85) point = '\n';
    if (point == '\r') point = '\n';
    if (point == '\n' && before == '\n' && at >= 2 && valid[at - 2] == '\r') continue;
    if (unseen(point, before)) continue;
    put_point(out, point);
    before = point;
  }
  return out;
}

std::string defused(std::string_view text, std::size_t most) {
  // What is far too long is not worth cleaning; one sign in four is the most that can fall out.
  const auto seen = without_unseen(clip(text, 4 * most));
  if (seen.size() <= most) return taken_apart(seen);
  return taken_apart(clip(seen, most)) + "…";
}

std::string marked(std::string_view text, std::string_view key, std::size_t most) {
  const auto mark = std::string(key);
  auto inner = defused(text, most);
  if (!key.empty()) inner = replace_all(std::move(inner), key, "[mark]");
  return "<data-" + mark + ">" + inner + "</data-" + mark + ">";
}

std::string as_seen(std::string_view text) {
  const auto plain_text = resolved(without_unseen(text));
  if (ascii(plain_text)) return plain_text;
  const auto again = without_unseen(plain_text);  // references may have brought some back
  std::string out;
  out.reserve(again.size());
  for (std::size_t at = 0; at < again.size();) put_seen(out, take_point(again, at));
  return out;
}

}  // namespace dugout::core

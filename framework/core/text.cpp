#include "core/text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>

namespace dugout::core {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Reads one code point; -1 and one byte forward when the bytes are not UTF-8.
utf8proc_int32_t next_point(std::string_view text, std::size_t& at) {
  utf8proc_int32_t point = -1;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                                     static_cast<utf8proc_ssize_t>(text.size() - at), &point);
  at += size > 0 ? static_cast<std::size_t>(size) : 1;
  return size > 0 ? point : -1;
}

void append_point(std::string& out, utf8proc_int32_t point) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto size = utf8proc_encode_char(point, bytes.data());
  out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size));
}

// Straightens the quotes that phones put in place of ' and ".
utf8proc_int32_t straight(utf8proc_int32_t point) {
  switch (point) {
    case 0x2018: case 0x2019: case 0x201A: case 0x201B: case 0x2039: case 0x203A: case 0x02BC:
    case 0x00B4: case 0x0060:
      return '\'';
    case 0x201C: case 0x201D: case 0x201E:
      return '"';
    case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2014: case 0x2212:
      return '-';
    default:
      return point;
  }
}

bool blank_category(utf8proc_int32_t point) {
  const auto category = utf8proc_category(point);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP || category == UTF8PROC_CATEGORY_CC ||
         category == UTF8PROC_CATEGORY_CF;
}

bool word_category(utf8proc_int32_t point) {
  const auto category = utf8proc_category(point);
  return point == '\'' || (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
         category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ND;
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  if (from.empty()) return text;
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string_view clip(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return text.substr(0, limit);
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (next_point(text, at) < 0) return false;
  }
  return true;
}

std::string to_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const auto point = next_point(bytes, at);
    append_point(out, point < 0 ? 0xFFFD : point);
  }
  return out;
}

std::string plain(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool gap = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = next_point(text, at);
    if (point < 0) continue;
    if (blank_category(point)) {
      gap = !out.empty();
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    append_point(out, utf8proc_tolower(straight(point)));
  }
  return out;
}

std::vector<std::string> words(std::string_view text) {
  const auto flat = plain(text);
  std::vector<std::string> found;
  std::string word;
  for (std::size_t at = 0; at < flat.size();) {
    const auto point = next_point(flat, at);
    if (point >= 0 && word_category(point)) {
      append_point(word, point);
    } else if (!word.empty()) {
      found.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) found.push_back(std::move(word));
  return found;
}

std::string masked(std::string_view text) {
  std::string out(text);
  int digits = 0;
  for (auto& c : out) {
    if (c >= '0' && c <= '9' && ++digits > 2) c = '*';
  }
  for (auto at = out.find('@'); at != std::string::npos; at = out.find('@', at + 1)) {
    for (auto left = at; left > 0 && !is_space(out[left - 1]) && out[left - 1] != '"'; --left) {
      out[left - 1] = '*';
    }
  }
  return out;
}

}  // namespace dugout::core

#include "core/text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <iomanip>
#include <sstream>

namespace dugout::core {
namespace {

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

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
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x2039:
    case 0x203A:
    case 0x02BC:
    case 0x00B4:
    case 0x0060:
      return '\'';
    case 0x201C:
    case 0x201D:
    case 0x201E:
      return '"';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2212:
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
         category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
         category == UTF8PROC_CATEGORY_ND;
}

// Appends the full case folding of a point ("ß" gives "ss"), taken apart into base and marks.
void append_folded(std::vector<utf8proc_int32_t>& out, utf8proc_int32_t point) {
  constexpr auto kHow =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_CASEFOLD | UTF8PROC_DECOMPOSE);
  std::array<utf8proc_int32_t, 32> parts{};
  int boundary = 0;
  const auto size = utf8proc_decompose_char(
      point, parts.data(), static_cast<utf8proc_ssize_t>(parts.size()), kHow, &boundary);
  if (size <= 0 || static_cast<std::size_t>(size) > parts.size()) return out.push_back(point);
  out.insert(out.end(), parts.begin(), parts.begin() + size);
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
  if (from.empty() || text.find(from) == std::string::npos) return text;
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = 0; (at = text.find(from, done)) != std::string::npos;
       done = at + from.size()) {
    out.append(text, done, at - done);
    out += to;
  }
  return out.append(text, done);
}

std::string_view clip(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  // A character has at most three bytes after its first; more of them are no UTF-8, and cut as is.
  auto end = limit;
  while (end > 0 && limit - end < 3 && continues(text[end])) --end;
  return text.substr(0, continues(text[end]) ? limit : end);
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
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
  std::vector<utf8proc_int32_t> points;
  points.reserve(text.size());
  bool gap = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = next_point(text, at);
    if (point < 0) continue;
    if (blank_category(point)) {
      gap = !points.empty();
      continue;
    }
    if (gap) points.push_back(' ');
    gap = false;
    append_folded(points, straight(point));
  }
  // Marks and bases together again: phones send "é" as one character or as two.
  const auto size =
      utf8proc_normalize_utf32(points.data(), static_cast<utf8proc_ssize_t>(points.size()),
                               static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  std::string out;
  out.reserve(text.size());
  for (utf8proc_ssize_t at = 0; at < size; ++at) {
    append_point(out, points[static_cast<std::size_t>(at)]);
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
  std::string out;
  out.reserve(text.size());
  int digits = 0;
  std::size_t word = 0;  // where in `out` the run without blanks and quotes begins
  for (std::size_t at = 0; at < text.size();) {
    const auto start = at;
    const auto point = next_point(text, at);
    // Digits of every script, as people type phone numbers in them too.
    const bool digit = point >= 0 && utf8proc_category(point) == UTF8PROC_CATEGORY_ND;
    if (digit && ++digits > 2) {
      out += '*';
    } else {
      out.append(text.substr(start, at - start));
    }
    if (point == '@') {
      std::fill(out.begin() + static_cast<std::ptrdiff_t>(word), out.end() - 1, '*');
    }
    if (point == '@' || point == '"' || (point >= 0 && point < 0x80 && is_space(text[start]))) {
      word = out.size();
    }
  }
  return out;
}

std::string fixed(double value, int digits) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(digits) << value;
  return std::move(out).str();
}

}  // namespace dugout::core

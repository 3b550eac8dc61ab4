// The checks on raw YAML bytes; one pass each, no recursion.
#include "config/yaml_scan.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace dugout::config {
namespace {

// Beyond this, columns are counted in bytes: a long line with many values would cost its square.
constexpr int kCountedColumns = 4096;

bool continues(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

// Length of the well-formed UTF-8 character at `at`, 0 = none. (RFC 3629: no surrogates, no
// overlong forms, nothing above U+10FFFF.)
std::size_t character_size(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return 1;
  const auto second = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(text, at + 1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return 0;
    return continues(text, at + 1) && continues(text, at + 2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return 0;
    return continues(text, at + 1) && continues(text, at + 2) && continues(text, at + 3) ? 4 : 0;
  }
  return 0;
}

bool forbidden_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

std::string hex(char c) {
  std::array<char, 8> out{};
  std::snprintf(out.data(), out.size(), "0x%02X", static_cast<unsigned char>(c));
  return out.data();
}

// One pass over the lines. Follows quotes, brackets and block texts just far enough to know where a
// tab is harmless.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : text_(text) {}

  std::optional<std::size_t> find_tab() {
    for (std::size_t start = 0; start < text_.size();) {
      const auto end = std::min(text_.find('\n', start), text_.size());
      const auto line = text_.substr(start, end - start);
      start_ = start;
      if (const auto tab = check(line)) return start + *tab;
      start = end + 1;
    }
    return std::nullopt;
  }

  // Offset of the quote that is open at the end. REQUIRES: find_tab() found none.
  std::optional<std::size_t> open_quote() const {
    return quote_ == 0 ? std::nullopt : std::optional(quote_at_);
  }

 private:
  std::optional<std::size_t> check(std::string_view line) {
    const auto indent = line.find_first_not_of(' ');
    const auto body = line.find_first_not_of(" \t\r");
    if (body == line.npos) return std::nullopt;
    const bool block_ended = block_indent_ >= 0 && static_cast<int>(indent) <= block_indent_;
    if (block_indent_ >= 0 && !block_ended) return std::nullopt;
    if (block_ended) block_indent_ = -1;
    const bool open = quote_ != 0 || flow_ > 0;
    if (!open && line[indent] == '\t' && line[body] != '#') return indent;
    follow(line, body);
    if (quote_ == 0 && flow_ == 0 && opens_block(line)) block_indent_ = static_cast<int>(indent);
    return std::nullopt;
  }

  // True for "key: |", "- >-2", "| # comment"; `line` holds no open quote.
  bool opens_block(std::string_view line) const {
    const auto comment = line.find(" #");
    line = line.substr(0, comment);
    const auto last = line.find_last_not_of(" \t\r");
    if (last == line.npos) return false;
    line = line.substr(0, last + 1);
    const auto word = line.find_last_of(" \t") == line.npos ? 0 : line.find_last_of(" \t") + 1;
    const auto token = line.substr(word);
    return (token[0] == '|' || token[0] == '>') &&
           token.find_first_not_of("+-0123456789", 1) == token.npos;
  }

  void follow(std::string_view line, std::size_t at) {
    char before = ' ';  // the last character that was no blank, ' ' at the start of a line
    for (; at < line.size(); ++at) {
      const char c = line[at];
      if (quote_ != 0) {
        if (c == '\\' && quote_ == '"')
          ++at;
        else if (c == quote_)
          quote_ = 0, before = c;
        continue;
      }
      if (c == '#' && (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t')) return;
      const bool starts = before == ' ' || is_opener(line, at, before);
      if ((c == '"' || c == '\'') && starts)
        quote_ = c, quote_at_ = start_ + at;
      else if ((c == '[' || c == '{') && (starts || flow_ > 0))
        ++flow_;
      else if ((c == ']' || c == '}') && flow_ > 0)
        --flow_;
      if (c != ' ' && c != '\t') before = c;
    }
  }

  // Whether a value may start behind `before`: after "- ", ": ", "? ", and in brackets.
  bool is_opener(std::string_view line, std::size_t at, char before) const {
    if (flow_ > 0 && (before == '[' || before == '{' || before == ',' || before == ':'))
      return true;
    const bool gap = at > 0 && (line[at - 1] == ' ' || line[at - 1] == '\t');
    return gap && (before == ':' || before == '-' || before == '?');
  }

  std::string_view text_;
  char quote_ = 0;
  std::size_t quote_at_ = 0, start_ = 0;
  int flow_ = 0;
  int block_indent_ = -1;  // indentation of the line that opened a block text, -1 = none open
};

}  // namespace

Places::Places(std::string_view text) : text_(text), starts_{0} {
  for (auto at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
    starts_.push_back(at + 1);
  }
}

Mark Places::at(int line, int byte_column) const {
  if (line < 0 || byte_column < 0) return {1, 1};
  const auto index = std::min(static_cast<std::size_t>(line), starts_.size() - 1);
  Mark mark{static_cast<int>(index) + 1, byte_column + 1};
  if (byte_column > kCountedColumns) return mark;
  const auto part = text_.substr(starts_[index], static_cast<std::size_t>(byte_column));
  mark.column -= static_cast<int>(std::count_if(part.begin(), part.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
  }));
  return mark;
}

Mark Places::at_offset(std::size_t offset) const {
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const auto line = static_cast<std::size_t>(after - starts_.begin()) - 1;
  return at(static_cast<int>(line), static_cast<int>(offset - starts_[line]));
}

std::string_view Places::line(Mark mark) const {
  const auto index = std::min(static_cast<std::size_t>(std::max(mark.line, 1)), starts_.size()) - 1;
  const auto from = starts_[index];
  return text_.substr(from, text_.find('\n', from) - from);
}

std::optional<ScanProblem> find_bad_bytes(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto size = character_size(text, at);
    if (size == 0) {
      return ScanProblem{Places(text).at_offset(at), "byte " + hex(text[at]) + " is not UTF-8",
                         "save the file as UTF-8"};
    }
    if (forbidden_control(text[at])) {
      return ScanProblem{Places(text).at_offset(at),
                         "control character " + hex(text[at]) + " is not allowed in YAML",
                         "delete it, or write it as an escape inside double quotes"};
    }
    at += size;
  }
  return std::nullopt;
}

std::optional<ScanProblem> find_tab_indent(std::string_view text) {
  const auto at = LineReader(text).find_tab();
  if (!at) return std::nullopt;
  return ScanProblem{Places(text).at_offset(*at), "a tab indents this line",
                     "indent with spaces, two for each level"};
}

std::optional<Mark> find_open_quote(std::string_view text) {
  LineReader reader(text);
  if (reader.find_tab()) return std::nullopt;
  const auto at = reader.open_quote();
  return at ? std::optional(Places(text).at_offset(*at)) : std::nullopt;
}

}  // namespace dugout::config

#include "repair.hpp"

#include <algorithm>
#include <vector>

#include "answer.hpp"
#include "dugout/sdk/text.hpp"

namespace structured {
namespace {

constexpr std::string_view kSpace = " \t\r\n\v\f";

bool space(char c) {
  return kSpace.find(c) != kSpace.npos;
}

bool word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '+' || c == '.' || c == '$';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Repair run() {
    Repair result;
    if (text_.empty() || !open()) return result;
    while (!levels_.empty()) {
      skip_blank();
      if (cut_ || done()) {
        result.end = Repair::End::kCutOff;
        return result;
      }
      if (!step() && !cut_) return result;
    }
    return {Repair::End::kComplete, std::move(out_), at_};
  }

 private:
  enum class Expect { kKey, kColon, kValue, kComma };
  struct Level {
    bool object;
    Expect expect;
    bool comma = false;  // read, and written only when something follows: so a trailing one is lost
  };

  bool done() const { return at_ >= text_.size(); }
  char next() const { return text_[at_]; }

  bool step();
  bool open();
  bool close();
  bool key();
  bool value();
  bool word();
  void put_comma(Level& level);
  bool quoted();
  bool closes_single() const;
  void put_escaped();
  void put_character();
  void skip_blank();
  bool skip_comment();

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
  std::vector<Level> levels_;
  bool cut_ = false;  // the text ended inside a string
};

bool Reader::step() {
  auto& level = levels_.back();
  const char c = next();
  switch (level.expect) {
    case Expect::kKey:
      return c == '}' ? close() : key();
    case Expect::kColon:
      if (c != ':') return false;
      out_ += ':';
      ++at_;
      level.expect = Expect::kValue;
      return true;
    case Expect::kValue:
      return c == ']' && !level.object ? close() : value();
    case Expect::kComma:
      if (c != ',') return close();
      ++at_;
      level.comma = true;
      level.expect = level.object ? Expect::kKey : Expect::kValue;
      return true;
  }
  return false;
}

bool Reader::open() {
  const char c = next();
  if ((c != '{' && c != '[') || levels_.size() >= kDepth) return false;
  out_ += c;
  ++at_;
  levels_.push_back({c == '{', c == '{' ? Expect::kKey : Expect::kValue});
  return true;
}

bool Reader::close() {
  if (next() != (levels_.back().object ? '}' : ']')) return false;
  out_ += next();
  ++at_;
  levels_.pop_back();
  return true;
}

void Reader::put_comma(Level& level) {
  if (level.comma) out_ += ',';
  level.comma = false;
}

bool Reader::key() {
  auto& level = levels_.back();
  put_comma(level);
  level.expect = Expect::kColon;
  if (next() == '"' || next() == '\'') return quoted();
  const auto start = at_;
  while (!done() && word_character(next())) ++at_;
  if (at_ == start) return false;
  out_ += '"';
  out_ += text_.substr(start, at_ - start);
  out_ += '"';
  return true;
}

bool Reader::value() {
  auto& level = levels_.back();
  put_comma(level);
  level.expect = Expect::kComma;
  if (next() == '"' || next() == '\'') return quoted();
  return word_character(next()) ? word() : open();
}

// A number is copied as it stands; the strict reader refuses what is none.
bool Reader::word() {
  const auto start = at_;
  while (!done() && word_character(next())) ++at_;
  const auto word = text_.substr(start, at_ - start);
  if (word == "True" || word == "true") {
    out_ += "true";
  } else if (word == "False" || word == "false") {
    out_ += "false";
  } else if (word == "None" || word == "null") {
    out_ += "null";
  } else if (word.front() == '-' || (word.front() >= '0' && word.front() <= '9')) {
    out_ += word;
  } else {
    // "tru" at the very end is a cut-off literal, elsewhere it is broken.
    cut_ = done();
    return cut_;
  }
  return true;
}

bool Reader::quoted() {
  const char quote = next();
  out_ += '"';
  ++at_;
  while (!done()) {
    if (next() == quote && (quote == '"' || closes_single())) {
      out_ += '"';
      ++at_;
      return true;
    }
    if (next() == '\\') {
      put_escaped();
    } else {
      put_character();
    }
  }
  cut_ = true;
  return false;
}

// An apostrophe ends a single-quoted string only where JSON goes on: 'It's fine' has one inside.
bool Reader::closes_single() const {
  const auto after = text_.find_first_not_of(kSpace, at_ + 1);
  if (after == text_.npos) return true;
  const char c = text_[after];
  return c == ',' || c == ':' || c == '}' || c == ']';
}

void Reader::put_escaped() {
  if (at_ + 1 >= text_.size()) {
    at_ = text_.size();
    return;
  }
  const char escaped = text_[at_ + 1];
  if (escaped == '\'') {
    out_ += '\'';
  } else if (escaped == '\n') {
    out_ += "\\n";
  } else {
    out_ += '\\';
    out_ += escaped;
  }
  at_ += 2;
}

void Reader::put_character() {
  const auto c = static_cast<unsigned char>(next());
  if (c == '"' || c < 0x20) {
    out_ += dugout::sdk::json_escape(text_.substr(at_, 1));
  } else {
    out_ += next();
  }
  ++at_;
}

void Reader::skip_blank() {
  while (!done() && (space(next()) || skip_comment())) {
    if (!done() && space(next())) ++at_;
  }
}

// Moves behind a comment: // and # to the end of the line, /* to */.
bool Reader::skip_comment() {
  const auto rest = text_.substr(at_);
  std::size_t end = 0;
  if (rest.front() == '#' || rest.substr(0, 2) == "//") {
    end = rest.find('\n');
  } else if (rest.substr(0, 2) == "/*") {
    end = rest.find("*/", 2);
    if (end != rest.npos) end += 2;
  } else {
    return false;
  }
  at_ = end == rest.npos ? text_.size() : at_ + end;
  return true;
}

}  // namespace

Repair repair(std::string_view text) {
  return Reader(text).run();
}

}  // namespace structured

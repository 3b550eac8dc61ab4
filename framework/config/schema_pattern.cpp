// Patterns: the few forms that ECMA-262 and RE2 write differently, and the call of RE2.
#include "config/schema_pattern.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <utility>

namespace dugout::config {
namespace {

constexpr std::int64_t kMaxMemory = 8 << 20;

// The long names of the general categories that people use; RE2 knows the short ones only.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kCategories{{
    {"Letter", "L"},
    {"Lowercase_Letter", "Ll"},
    {"Uppercase_Letter", "Lu"},
    {"Titlecase_Letter", "Lt"},
    {"Modifier_Letter", "Lm"},
    {"Other_Letter", "Lo"},
    {"Mark", "M"},
    {"Number", "N"},
    {"Decimal_Number", "Nd"},
    {"digit", "Nd"},
    {"Punctuation", "P"},
    {"punct", "P"},
    {"Symbol", "S"},
    {"Currency_Symbol", "Sc"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
}};

// White space of ECMA-262, for use inside a class.
constexpr std::string_view kSpaces = R"(\t\n\v\f\r\x{FEFF}\p{Z})";

bool hex_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isxdigit(c) != 0; });
}

class Translator {
 public:
  explicit Translator(std::string_view in) : in_(in) {}

  std::string run() {
    while (at_ < in_.size()) step();
    return std::move(out_);
  }

 private:
  bool ahead(std::string_view text) const { return in_.substr(at_, text.size()) == text; }

  void step() {
    if (in_[at_] == '\\' && at_ + 1 < in_.size()) return escape();
    if (!in_class_ && ahead("(?<") && !ahead("(?<=") && !ahead("(?<!")) return put("(?P<", 3);
    if (!in_class_ && ahead("[^]")) return put("(?s:.)", 3);
    if (in_class_ && in_[at_] == '[') return put("\\[", 1);
    if (in_[at_] == '[')
      in_class_ = true;
    else if (in_[at_] == ']')
      in_class_ = false;
    put(in_.substr(at_, 1), 1);
  }

  void put(std::string_view text, std::size_t taken) {
    out_ += text;
    at_ += taken;
  }

  void escape() {
    const char c = in_[at_ + 1];
    if (c == 'u') return code_point();
    if (c == 'c' && at_ + 2 < in_.size() &&
        std::isalpha(static_cast<unsigned char>(in_[at_ + 2]))) {
      constexpr std::string_view kHex = "0123456789ABCDEF";
      const auto control = static_cast<unsigned char>(in_[at_ + 2]) & 0x1FU;
      const std::string text{'\\', 'x', kHex[control >> 4U], kHex[control & 0xFU]};
      return put(text, 3);
    }
    if (c == 's')
      return put(in_class_ ? std::string(kSpaces) : "[" + std::string(kSpaces) + "]", 2);
    if (c == 'S' && !in_class_) return put("[^" + std::string(kSpaces) + "]", 2);
    if (c == 'b' && in_class_) return put("\\x08", 2);
    if (c == '0') return put("\\x00", 2);
    if ((c == 'p' || c == 'P') && at_ + 2 < in_.size() && in_[at_ + 2] == '{') return property();
    put(in_.substr(at_, 2), 2);
  }

  // \u1234 and \u{1F600}
  void code_point() {
    if (at_ + 2 < in_.size() && in_[at_ + 2] == '{') {
      const auto close = in_.find('}', at_);
      if (close != in_.npos && hex_digits(in_.substr(at_ + 3, close - at_ - 3))) {
        return put("\\x" + std::string(in_.substr(at_ + 2, close - at_ - 1)), close - at_ + 1);
      }
    } else if (in_.size() - at_ >= 6 && hex_digits(in_.substr(at_ + 2, 4))) {
      return put("\\x{" + std::string(in_.substr(at_ + 2, 4)) + "}", 6);
    }
    put("\\u", 2);
  }

  // \p{Letter}, \p{Script=Greek}, \p{gc=Lu}
  void property() {
    const auto close = in_.find('}', at_);
    if (close == in_.npos) return put(in_.substr(at_, 3), 3);
    auto name = in_.substr(at_ + 3, close - at_ - 3);
    if (const auto equals = name.find('='); equals != name.npos) name.remove_prefix(equals + 1);
    const auto known = std::find_if(kCategories.begin(), kCategories.end(),
                                    [name](const auto& pair) { return pair.first == name; });
    if (known != kCategories.end()) name = known->second;
    put(std::string(in_.substr(at_, 3)) + std::string(name) + "}", close - at_ + 1);
  }

  std::string_view in_;
  std::string out_;
  std::size_t at_ = 0;
  bool in_class_ = false;
};

}  // namespace

std::string to_re2(std::string_view pattern) {
  return Translator(pattern).run();
}

Outcome<Pattern> Pattern::compile(const std::string& pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxMemory);
  options.set_encoding(re2::RE2::Options::EncodingUTF8);
  auto expression = std::make_shared<const re2::RE2>(to_re2(pattern), options);
  if (!expression->ok()) {
    return Error{Code::kInvalid, "the pattern cannot be used: " + expression->error()};
  }
  Pattern compiled;
  compiled.expression_ = std::move(expression);
  compiled.text_ = pattern;
  return compiled;
}

bool Pattern::matches(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *expression_);
}

}  // namespace dugout::config

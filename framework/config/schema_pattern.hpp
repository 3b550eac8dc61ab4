// A regular expression in the dialect of JSON Schema (ECMA-262, unicode), run by RE2: linear in the
// text, bounded in memory, whatever the pattern. Private to config. [any]
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dugout/sdk/outcome.hpp"

namespace re2 {
class RE2;
}

namespace dugout::config {

class Pattern {
 public:
  // kInvalid with the reason: a syntax error, or what RE2 cannot do (look-around, back references).
  static Outcome<Pattern> compile(const std::string& pattern);

  // Whether some part of `text` matches.
  bool matches(std::string_view text) const;
  const std::string& text() const { return text_; }

 private:
  std::shared_ptr<const re2::RE2> expression_;
  std::string text_;  // as written
};

// ECMA-262 syntax in RE2's; what neither side knows is left for RE2 to refuse.
std::string to_re2(std::string_view pattern);

}  // namespace dugout::config

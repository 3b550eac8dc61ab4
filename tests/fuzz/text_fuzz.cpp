// Texts as people type them: made plain, cut, split into words, and masked for a log.
#include "core/bytes.hpp"
#include "core/text.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

FUZZ_TARGET(text) {
  const auto utf8 = core::to_utf8(input);
  require(core::is_utf8(utf8), "to_utf8 makes UTF-8");
  require(core::is_utf8(input) == (utf8 == input), "and leaves it alone");
  require(utf8.size() <= 3 * input.size(), "and makes it three times as long at most");

  const auto plain = core::plain(input);
  require(core::is_utf8(plain), "plain text is UTF-8");
  require(core::plain(plain) == plain, "and plain already");
  for (const auto& word : core::words(input)) {
    require(!word.empty() && word.find(' ') == std::string::npos, "a word is one");
  }

  const auto clipped = core::clip(utf8, utf8.size() / 2);
  require(core::is_utf8(clipped) && clipped.size() <= utf8.size() / 2, "a cut parts no character");

  const auto masked = core::masked(utf8);
  int digits = 0;
  for (const char c : masked) digits += c >= '0' && c <= '9' ? 1 : 0;
  require(digits <= 2, "a masked text holds no number of a phone");
  require(core::is_utf8(masked), "and is UTF-8");
  core::base64(input);
  core::media_type(input);
}

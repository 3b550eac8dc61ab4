// JSON from outside: what is accepted is written and read again as the same; errors name a place.
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

FUZZ_TARGET(json) {
  const auto read = core::parse_json(input, {.depth = 64, .bytes = 1U << 20});
  if (!read) {
    require(read.error().message.find("[json.exception") == std::string::npos,
            "the library's own words stay inside");
    require(core::is_utf8(read.error().message), "an error is UTF-8");
    return;
  }
  const auto text = core::canonical(*read);
  const auto again = core::parse_json(text);
  require(again.ok(), "what was accepted can be written and read");
  require(*again == *read || text.find("null") != std::string::npos, "and is the same then");
  require(core::canonical(*again) == text, "equal values give equal texts");
}

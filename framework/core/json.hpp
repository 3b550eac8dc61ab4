// Reading JSON from outside: bounded depth (recursion in the DOM would end the process, see the
// traps in docs/architecture.md), and errors that name line and column. [any]
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "dugout/sdk/outcome.hpp"

namespace dugout::core {

using Json = nlohmann::json;

struct JsonLimits {
  int depth = 64;
  std::size_t bytes = 64U << 20;
};

// kMalformed with "line L, column C: ..." for broken text, kTruncated when it ends too early.
Outcome<Json> parse_json(std::string_view text, JsonLimits limits = {});

// Keys sorted, no white space, so that equal values give equal texts; invalid UTF-8 is replaced.
std::string canonical(const Json& value);

// A member of an object as text; `fallback` when it is absent or no string.
std::string member(const Json& object, std::string_view key, std::string_view fallback = {});

}  // namespace dugout::core

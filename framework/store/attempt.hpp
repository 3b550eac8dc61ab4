// Which attempts of the log are asked for. Plain data. [any]
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace dugout::store {

// What is empty, or not set, lets everything through.
struct AttemptFilter {
  std::string session;        // the whole id
  std::string short_session;  // the short form of it that stands in the lines
  std::string turn;
  std::string outcome;  // "ok", "rate_limit" ...; "failed": any that is no answer
  std::string target, call_type;
  std::optional<std::int64_t> since_ms, until_ms;  // since <= time < until
  std::size_t last = 0;                            // the latest so many; 0 = all
};

}  // namespace dugout::store

// Token buckets by name, a bounded number of them: each gives `burst` at once and `per_second` in
// the long run. A bucket is one time, at which it will be full again (GCRA), so a name that has
// been forgotten is one whose bucket is full. [any]; a leaf lock for each of sixteen parts.
#pragma once

#include <array>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "core/clock.hpp"

namespace dugout::http {

struct Rate {
  double per_second = 0.0;  // 0 = no limit
  int burst = 1;

  bool limits() const { return per_second > 0.0; }
};

// A club's house is one address for all who are in it: generous to it, strict to a session, which
// is one person. docs/operations/limits.md has the sums.
struct RateOptions {
  bool enabled = true;
  Rate chat{100.0, 500};    // POST /chat, of an address
  Rate upload{20.0, 100};   // POST /upload and /upload-async
  Rate batch{10.0, 50};     // POST /chat/batch
  Rate other{200.0, 2000};  // whatever else, webhooks and pages
  Rate session{10.0, 100};  // messages and photos of one session
};

struct RateVerdict {
  bool admitted = true;
  int left = 0;               // that may come at once after this one
  core::Duration full{};      // until the bucket is full again
  core::Duration retry_in{};  // when it was refused: until one more is let in
};

class RateLimit {
 public:
  static constexpr std::size_t kMost = 100'000;  // names; about 15 MB

  explicit RateLimit(Rate rate, std::size_t most = kMost);

  const Rate& rate() const { return rate_; }
  // `count` at once are let in when one would be, and what they are beyond the bucket is owed by
  // whoever comes next. A refused one costs nothing. REQUIRES: rate().limits(), count > 0.
  RateVerdict take(std::string_view name, core::MonoTime now, int count = 1);
  std::size_t names() const;

 private:
  static constexpr std::size_t kParts = 16;
  struct Row {
    core::MonoTime full_at{};
    std::list<std::string_view>::iterator place;
  };
  struct Part {
    mutable std::mutex mutex;  // guards the two below
    std::map<std::string, Row, std::less<>> rows;
    std::list<std::string_view> used;  // names of rows, the last used first
  };

  Row& row_of(Part& part, std::string_view name, core::MonoTime now);

  const Rate rate_;
  const core::Duration each_, whole_;  // of one; of a bucket
  const std::size_t most_;             // in each part
  std::array<Part, kParts> parts_;
};

}  // namespace dugout::http

// What servers ask for after a failure (RFC 9110 section 10.2.3 and the customs of providers).
#include "orchestrator/retry_after.hpp"

#include <catch2/catch.hpp>

namespace {

using dugout::net::Headers;

// 2025-10-01 12:00:00 UTC
const dugout::core::WallTime kAnswered{std::chrono::milliseconds(1'759'320'000'000)};

double seconds(const Headers& headers) {
  const auto wait = dugout::orchestrator::retry_after(headers, kAnswered);
  return wait ? dugout::core::seconds(*wait) : -1;
}

}  // namespace

TEST_CASE("RetryAfterTest.MillisecondsAreMoreExactAndReadFirst") {
  CHECK(seconds({{"retry-after-ms", "1500"}, {"retry-after", "9"}}) == Approx(1.5));
  CHECK(seconds({{"x-ms-retry-after-ms", "20"}}) == Approx(0.02));
}

TEST_CASE("RetryAfterTest.SecondsAndDatesAreRead") {
  CHECK(seconds({{"retry-after", "7"}}) == Approx(7));
  CHECK(seconds({{"retry-after", "0.25"}}) == Approx(0.25));
  CHECK(seconds({{"retry-after", "Wed, 01 Oct 2025 12:00:30 GMT"}}) == Approx(30));
  // Further than the clock's nanoseconds reach: at most a year is waited.
  CHECK(seconds({{"retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"}}) == Approx(365.0 * 24 * 3600));
  CHECK(seconds({{"retry-after", "Wednesday, 01-Oct-25 12:00:30 GMT"}}) == Approx(30));
  CHECK(seconds({{"retry-after", "Wed Oct  1 12:00:30 2025"}}) == Approx(30));
}

TEST_CASE("RetryAfterTest.RubbishIsIgnored") {
  for (const auto* text :
       {"", "-1", "soon", "nan", "inf", "1e400", "7 apples", "Wed, 01 Oct 2025 11:00:00 GMT"}) {
    INFO(text);
    CHECK(seconds({{"retry-after", text}}) == -1);
  }
  CHECK(seconds({}) == -1);
}

TEST_CASE("RetryAfterTest.ShouldRetryIsTrueFalseOrUnsaid") {
  CHECK(dugout::orchestrator::should_retry({{"x-should-retry", "true"}}) == true);
  CHECK(dugout::orchestrator::should_retry({{"x-should-retry", "false"}}) == false);
  CHECK_FALSE(dugout::orchestrator::should_retry({{"x-should-retry", "perhaps"}}));
  CHECK_FALSE(dugout::orchestrator::should_retry({}));
}

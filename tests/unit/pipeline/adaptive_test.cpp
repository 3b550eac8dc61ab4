// Options that follow recent success: the design's table, and what holds at its edges.
#include <catch2/catch.hpp>

#include "pipeline/adaptive.hpp"
#include "script.hpp"

using namespace dugout;
using namespace dugout::test;

namespace {

RetryOptions options(int retries, double delay) {
  RetryOptions made;
  made.max_retries = retries;
  made.base_delay = delay;
  return made;
}

// `good` of a hundred attempts succeed.
Recent of_hundred(int good) {
  RecentAttempts recent(100);
  for (int i = 0; i < 100; ++i) recent.note("registration", i < good, 2s);
  return recent.of("registration");
}

}  // namespace

TEST_CASE("AdaptiveTest.TableOfTheDesign") {
  struct Row {
    int good, retries, then;
    double factor;
  };
  for (const auto& [good, retries, then, factor] :
       {Row{100, 3, 2, 0.8}, Row{91, 3, 2, 0.8}, Row{90, 3, 3, 1.0}, Row{70, 3, 3, 1.0},
        Row{69, 3, 4, 1.2}, Row{0, 3, 4, 1.2}, Row{95, 1, 1, 0.8}, Row{50, 5, 5, 1.2},
        Row{50, 8, 8, 1.2}, Row{95, 0, 0, 1.0}, Row{50, 0, 0, 1.0}}) {
    CAPTURE(good, retries);
    const auto made = adapted(options(retries, 1.0), of_hundred(good), {});
    CHECK(made.max_retries == then);
    CHECK(made.base_delay == Approx(factor));
  }
}

TEST_CASE("AdaptiveTest.FewAttemptsChangeNothing") {
  RecentAttempts recent(100);
  for (int i = 0; i < 19; ++i) recent.note("photo", false, 1s);
  CHECK(adapted(options(3, 1.0), recent.of("photo"), {}).max_retries == 3);
  recent.note("photo", false, 1s);
  CHECK(adapted(options(3, 1.0), recent.of("photo"), {}).max_retries == 4);
  CHECK(adapted(options(3, 1.0), recent.of("rereg"), {}).max_retries == 3);
  AdaptiveOptions off;
  off.enabled = false;
  CHECK(adapted(options(3, 1.0), recent.of("photo"), off).max_retries == 3);
}

TEST_CASE("AdaptiveTest.OnlyTheLatestCount") {
  RecentAttempts recent(100);
  for (int i = 0; i < 1000; ++i) recent.note("photo", false, 9s);
  for (int i = 0; i < 100; ++i) recent.note("photo", true, 1s);

  const auto seen = recent.of("photo");
  CHECK(seen.attempts == 100);
  CHECK(seen.success_rate == 1.0);
  CHECK(seen.latency == Approx(1.0));
}

TEST_CASE("AdaptiveTest.CallTypesAreBounded") {
  RecentAttempts recent(10);
  for (int i = 0; i < 1000; ++i) recent.note("type" + std::to_string(i), true, 1s);
  CHECK(recent.of("type0").attempts == 1);
  CHECK(recent.of("type999").attempts == 0);
}

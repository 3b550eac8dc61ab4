// One text for many who ask.
#include "observability/shared_text.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <stdexcept>
#include <thread>

#include "support/fake_clock.hpp"

using dugout::observability::SharedText;
using std::chrono::milliseconds;

TEST_CASE("SharedTextTest.IsMadeOncePerSecond") {
  dugout::test::FakeClock clock;
  int made = 0;
  SharedText text([&] { return std::to_string(++made); }, clock);

  CHECK(*text.get() == "1");
  clock.advance(milliseconds(999));
  CHECK(*text.get() == "1");
  clock.advance(milliseconds(1));
  CHECK(*text.get() == "2");
}

TEST_CASE("SharedTextTest.WhoAsksWhileItIsMadeGetsTheSameOne") {
  dugout::test::FakeClock clock;
  std::promise<void> begun, go_on;
  std::atomic<int> made{0};
  SharedText text(
      [&] {
        begun.set_value();
        go_on.get_future().wait();
        return "text " + std::to_string(++made);
      },
      clock);

  auto first = std::async(std::launch::async, [&] { return *text.get(); });
  begun.get_future().wait();
  std::vector<std::future<std::string>> others;
  for (int at = 0; at < 20; ++at) {
    others.push_back(std::async(std::launch::async, [&] { return *text.get(); }));
  }
  clock.advance(std::chrono::seconds(30));  // it takes long: not each of them makes it anew
  go_on.set_value();

  CHECK(first.get() == "text 1");
  for (auto& other : others) CHECK(other.get() == "text 1");
  CHECK(made == 1);
}

TEST_CASE("SharedTextTest.AFailureIsToldAndTheNextOneTriesAgain") {
  dugout::test::FakeClock clock;
  int tries = 0;
  SharedText text(
      [&]() -> std::string {
        if (++tries == 1) throw std::runtime_error("no");
        return "yes";
      },
      clock);

  CHECK_THROWS_AS(text.get(), std::runtime_error);
  CHECK(*text.get() == "yes");
}

// How often the store is asked whether it can serve.
#include "http/shared_probe.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>

#include "doors_fixture.hpp"
#include "support/fake_clock.hpp"

using namespace dugout;
using http::SharedProbe;

TEST_CASE("SharedProbeTest.AnAnswerHoldsForASecond") {
  test::FakeClock clock;
  SharedProbe shared;
  int asked = 0;
  bool well = true;
  const auto ask = [&] {
    const auto answer = shared.ask(clock, [&] {
      ++asked;
      return well ? Status(Done{}) : Status(Error{Code::kUnavailable, "disk full"});
    });
    return static_cast<bool>(answer);
  };

  for (int n = 0; n < 5; ++n) CHECK(ask());
  CHECK(asked == 1);
  well = false;
  clock.advance(SharedProbe::kHolds);
  for (int n = 0; n < 5; ++n) CHECK_FALSE(ask());
  CHECK(asked == 2);
}

TEST_CASE("SharedProbeTest.WhoComesMeanwhileWaitsForTheAnswerThatIsOnItsWay") {
  test::FakeClock clock;
  SharedProbe shared;
  std::atomic<int> asked{0};
  std::promise<void> begun, go;
  const auto slow = [&]() -> Status {
    if (++asked == 1) begun.set_value();
    go.get_future().wait();
    return Done{};
  };

  auto first =
      std::async(std::launch::async, [&] { return static_cast<bool>(shared.ask(clock, slow)); });
  begun.get_future().wait();
  auto second =
      std::async(std::launch::async, [&] { return static_cast<bool>(shared.ask(clock, slow)); });
  go.set_value();

  CHECK(first.get());
  CHECK(second.get());
  CHECK(asked == 1);
}

TEST_CASE("SharedProbeTest.WhatThrowsKeepsNobodyWaiting") {
  test::FakeClock clock;
  SharedProbe shared;
  const auto broken = []() -> Status { throw std::runtime_error("broken"); };

  CHECK_FALSE(shared.ask(clock, broken));
  CHECK_FALSE(shared.ask(clock, broken));
}

TEST_CASE("SharedProbeTest.ReadyAsksOnceHoweverOftenItIsAsked") {
  test::Doors doors;
  std::atomic<int> asked{0};
  doors.orchestrator.probes = [&] {
    ++asked;
    return Status(Done{});
  };

  const auto begun = std::chrono::steady_clock::now();
  for (int n = 0; n < 20; ++n) CHECK(doors.send("GET", "/ready").status == 200);

  const auto seconds = std::chrono::steady_clock::now() - begun;
  CHECK(asked <= 1 + seconds / std::chrono::seconds(1));
}

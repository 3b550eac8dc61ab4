// Actors on virtual time: one at a time, in the order of their times, and no real time passes.
#include "chaos/virtual_time.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using dugout::chaos::VirtualTime;
using dugout::core::CancelToken;
using dugout::core::seconds;
using dugout::core::WallTime;

namespace {

struct Stage {
  void say(const std::string& what) {
    said.push_back(what + "@" + std::to_string(static_cast<int>(seconds(time.now() - start))));
  }
  VirtualTime time{WallTime(std::chrono::milliseconds(1'759'320'000'000))};
  const dugout::core::MonoTime start = time.now();
  const CancelToken never;
  std::vector<std::string> said;
};

}  // namespace

TEST_CASE("VirtualTimeTest.ActorsGoOnInTheOrderOfTheirTimes") {
  Stage stage;
  stage.time.spawn(2s, [&] {
    stage.say("b");
    stage.time.sleep(3h, stage.never);
    stage.say("b");
  });
  stage.time.spawn(1s, [&] {
    stage.say("a");
    stage.time.sleep(2s, stage.never);
    stage.say("a");
  });

  stage.time.run();

  CHECK(stage.said == std::vector<std::string>{"a@1", "b@2", "a@3", "b@10802"});
}

TEST_CASE("VirtualTimeTest.EqualTimesGoByAge") {
  Stage stage;
  for (const auto* name : {"a", "b", "c"}) {
    stage.time.spawn(1s, [&stage, name] { stage.say(name); });
  }

  stage.time.run();

  CHECK(stage.said == std::vector<std::string>{"a@1", "b@1", "c@1"});
}

TEST_CASE("VirtualTimeTest.WhoIsCalledBackWakesAtThatTime") {
  Stage stage;
  const CancelToken cancel;
  bool slept = true;
  stage.time.spawn(0s, [&] {
    slept = stage.time.sleep(1h, cancel);
    stage.say("woken");
  });
  stage.time.spawn(5s, [&] { cancel.cancel(); });

  stage.time.run();

  CHECK_FALSE(slept);
  CHECK(stage.said == std::vector<std::string>{"woken@5"});
}

TEST_CASE("VirtualTimeTest.TaskThatIsCalledOffNeverRuns") {
  Stage stage;
  stage.time.spawn(0s, [&] {
    const auto task = stage.time.after(10s, [&] { stage.say("late"); });
    stage.time.sleep(2s, stage.never);
    CHECK_FALSE(task->call_off());
    stage.say("off");
  });

  stage.time.run();

  CHECK(stage.said == std::vector<std::string>{"off@2"});
}

TEST_CASE("VirtualTimeTest.CallingOffWaitsForATaskThatHasBegun") {
  Stage stage;
  stage.time.spawn(0s, [&] {
    const auto task = stage.time.after(1s, [&] {
      stage.time.sleep(5s, stage.never);
      stage.say("task");
    });
    stage.time.sleep(2s, stage.never);
    CHECK(task->call_off());
    stage.say("owner");
  });

  stage.time.run();

  CHECK(stage.said == std::vector<std::string>{"task@6", "owner@6"});
}

TEST_CASE("VirtualTimeTest.WhatAnActorThrowsIsThrownByRun") {
  Stage stage;
  stage.time.spawn(1s, [] { throw std::runtime_error("broken"); });
  stage.time.spawn(2s, [&] { stage.say("other"); });

  CHECK_THROWS_WITH(stage.time.run(), "broken");
  CHECK(stage.said == std::vector<std::string>{"other@2"});
}

TEST_CASE("VirtualTimeTest.OutsideOfActorsASleepMovesTheTime") {
  Stage stage;
  CHECK(stage.time.sleep(90s, stage.never));
  CHECK(stage.time.now() - stage.start == 90s);
}

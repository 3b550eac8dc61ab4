// Which turns are resumed when: order within a session, waits before another try, an end to them.
#include "orchestrator/takeover.hpp"

#include <catch2/catch.hpp>

#include <functional>

#include "support/fake_clock.hpp"
#include "support/quiet_orchestrator.hpp"

namespace {

using namespace dugout;
using namespace dugout::orchestrator;

// Gives out turns once, and answers them as the test says.
class Shelf final : public test::QuietOrchestrator {
 public:
  std::vector<OpenTurn> open;
  std::function<Outcome<Resumed>(const std::string&)> answer = [](const std::string&) {
    return Outcome<Resumed>(Resumed::kAnswered);
  };
  std::vector<std::string> resumed;  // turns, in order

  void put(const std::string& turn, const std::string& session, int tries = 0) {
    OpenTurn one;
    one.turn.tries = tries;
    one.turn.id = turn;
    one.turn.session = session;
    open.push_back(one);
  }
  Outcome<std::vector<OpenTurn>> take_over(bool) override { return std::exchange(open, {}); }
  Outcome<Resumed> resume(OpenTurn& one) override {
    const std::lock_guard lock(mutex_);
    resumed.push_back(one.turn.id);
    return answer(one.turn.id);
  }

 private:
  std::mutex mutex_;  // guards resumed
};

struct Scene {
  test::FakeClock clock;
  std::vector<std::string> lines;
  observability::Log log{clock, {}, [this](std::string_view line) { lines.emplace_back(line); }};
  Shelf shelf;
  Takeover takeover{shelf, clock, log, {1, std::chrono::seconds(5), 3, std::chrono::seconds(5)}};
};

Outcome<Resumed> away() {
  return Error{Code::kUnavailable, "no model can answer just now"};
}

using Turns = std::vector<std::string>;

}  // namespace

TEST_CASE("TakeoverTest.TurnsOfASessionAreResumedInTheirOrder") {
  Scene f;
  f.shelf.put("a1", "a");
  f.shelf.put("b1", "b");
  f.shelf.put("a2", "a");

  f.takeover.prepare();
  f.takeover.work();

  CHECK(f.shelf.resumed == Turns{"a1", "a2", "b1"});
  CHECK(f.takeover.counts().answered == 3);
}

TEST_CASE("TakeoverTest.ATurnThatNobodyCanAnswerIsTriedAgainAndThenLeft") {
  Scene f;
  f.shelf.answer = [](const std::string& turn) {
    return turn == "a1" ? away() : Outcome<Resumed>(Resumed::kAnswered);
  };
  f.shelf.put("a1", "a");
  f.shelf.put("a2", "a");
  f.shelf.put("b1", "b");
  f.takeover.prepare();

  f.takeover.work();
  CHECK(f.shelf.resumed == Turns{"a1", "b1"});  // the next of the session waits with it
  f.takeover.work();
  CHECK(f.shelf.resumed.size() == 2);
  f.clock.advance(std::chrono::seconds(5));
  f.takeover.work();
  CHECK(f.shelf.resumed.size() == 3);
  f.clock.advance(std::chrono::seconds(9));
  f.takeover.work();
  CHECK(f.shelf.resumed.size() == 3);
  f.clock.advance(std::chrono::seconds(1));
  f.takeover.work();

  CHECK(f.shelf.resumed == Turns{"a1", "b1", "a1", "a1", "a2"});
  CHECK(f.takeover.counts().put_off == 3);
  CHECK(f.lines.back().find("turns.recovered") != std::string::npos);
  f.clock.advance(std::chrono::hours(1));
  f.takeover.work();
  CHECK(f.shelf.resumed.size() == 5);
}

TEST_CASE("TakeoverTest.WhatIsThrownIsOneFailedTry") {
  Scene f;
  f.shelf.answer = [](const std::string&) -> Outcome<Resumed> { throw std::runtime_error("no"); };
  f.shelf.put("a1", "a");

  f.takeover.prepare();
  f.takeover.work();

  CHECK(f.takeover.counts().put_off == 1);
}

TEST_CASE("TakeoverTest.WithThreadsAllAreAnsweredAndStopEndsIt") {
  Scene f;
  Takeover takeover(f.shelf, f.clock, f.log, {4, std::chrono::seconds(5), 3, {}});
  for (int n = 0; n < 50; ++n) f.shelf.put(std::to_string(n), std::to_string(n % 7));

  takeover.prepare();
  takeover.work();
  takeover.start();
  takeover.stop();

  CHECK(takeover.counts().answered == 50);
  CHECK(f.shelf.resumed.size() == 50);
}

TEST_CASE("TakeoverTest.WhatAProcessEndedAtComesLastAndAlone") {
  Scene f;
  f.shelf.put("a1", "a", 2);
  f.shelf.put("b1", "b", 1);  // by the one that accepted it, as all that were in flight then
  f.shelf.put("c1", "c", 2);
  f.shelf.put("d1", "d", 1);

  f.takeover.prepare();
  f.takeover.work();

  CHECK(f.shelf.resumed == Turns{"b1", "d1", "a1", "c1"});
}

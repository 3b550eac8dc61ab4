// The retry figures of the last hour, by hand and against a count that keeps everything.
#include "observability/figures.hpp"

#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <set>
#include <thread>

#include "support/fake_clock.hpp"
#include "support/turn_reports.hpp"

using namespace dugout;
using namespace dugout::observability;
using std::chrono::hours, std::chrono::milliseconds, std::chrono::minutes, std::chrono::seconds;
using test::attempt, test::turn;

namespace {

struct FiguresDesk {
  test::FakeClock clock;
  Figures figures{test::sample_names(), clock};

  void ended(std::vector<AttemptFigures> attempts) {
    figures.turn_ended(turn(std::move(attempts)));
  }
  CallCounts all() const { return figures.snapshot().hour.all; }
};

// Keeps each turn with its time and counts from the beginning every time.
class EverythingKept {
 public:
  void add(const TurnReport& report, core::MonoTime at) { turns_.emplace_back(at, report); }

  struct Sums {
    std::size_t turns = 0, failed = 0, calls = 0, attempts = 0, good = 0, called_back = 0,
                first = 0, first_good = 0, waits = 0, runs = 0;
    long long tokens = 0;
    std::map<std::string, std::size_t> outcomes, errors;
    std::set<std::string> sessions;
  };

  Sums hour(core::MonoTime now, const KnownNames& names) const {
    Sums out;
    for (const auto& [at, report] : turns_) {
      const auto minute = Window<int>::minute_of(now) - Window<int>::minute_of(at);
      if (minute >= 60) continue;
      ++out.turns;
      if (report.outcome != "ok") ++out.failed;
      out.sessions.insert(report.session);
      for (const auto& tool : report.tools) out.runs += tool.stored ? 0 : 1;
      std::set<int> asked;
      for (const auto& tried : report.attempts) {
        const auto& outcome = names.outcomes.of(tried.outcome);
        ++out.outcomes[outcome];
        if (outcome == "cache_hit") continue;
        asked.insert(tried.call);
        ++out.attempts;
        if (tried.good()) ++out.good;
        if (outcome == "cancelled") ++out.called_back;
        if (tried.number == 1) ++out.first;
        if (tried.number == 1 && tried.good()) ++out.first_good;
        if (!tried.hedge && outcome != "cancelled" && tried.waited.count() > 0) ++out.waits;
        if (!tried.good() && outcome != "cancelled" && outcome != "not_asked")
          ++out.errors[outcome];
        out.tokens += tried.input_tokens + tried.output_tokens;
      }
      out.calls += asked.size();
    }
    return out;
  }

 private:
  std::deque<std::pair<core::MonoTime, TurnReport>> turns_;
};

}  // namespace

TEST_CASE("FiguresTest.NothingHasNoRates") {
  FiguresDesk desk;

  const auto snapshot = desk.figures.snapshot();

  CHECK(snapshot.minutes.size() == 60);
  CHECK(snapshot.hour.turns == 0);
  CHECK_FALSE(snapshot.hour.all.success_rate());
  CHECK_FALSE(snapshot.hour.all.first_try_rate());
  CHECK_FALSE(snapshot.hour.all.after_retry_rate());
  CHECK_FALSE(snapshot.hour.all.attempts_per_success());
  CHECK(top_errors(snapshot.hour, *snapshot.names, 5).empty());
}

TEST_CASE("FiguresTest.RatesAreOfWhatTheyAreSaidToBeOf") {
  FiguresDesk desk;
  desk.ended({attempt("ok")});
  desk.ended({attempt("ok")});
  desk.ended({attempt("rate_limit"), attempt("timeout", 1, 2), attempt("ok", 1, 3)});
  desk.ended({attempt("timeout"), attempt("timeout", 1, 2)});
  desk.ended({attempt("quota")});  // never tried again

  const auto all = desk.all();

  CHECK(all.calls == 5);
  CHECK(all.good_calls == 3);
  CHECK(all.attempts == 8);
  CHECK(*all.success_rate() == Approx(3.0 / 8.0));      // of attempts, as the seed has it
  CHECK(*all.first_try_rate() == Approx(2.0 / 5.0));    // of first attempts, not of all
  CHECK(*all.after_retry_rate() == Approx(1.0 / 2.0));  // of calls that tried again
  CHECK(*all.attempts_per_success() == Approx(8.0 / 3.0));
}

TEST_CASE("FiguresTest.AnswersFromMemoryAndAttemptsCalledBackSpoilNoRate") {
  FiguresDesk desk;
  auto lost = attempt("cancelled"), won = attempt("ok", 1, 2);
  won.hedge = true;
  won.waited = lost.waited = seconds(3);
  desk.ended({lost, won});
  desk.ended({attempt("cache_hit", 1, 0)});

  const auto snapshot = desk.figures.snapshot();

  CHECK(snapshot.hour.turns == 2);
  CHECK(snapshot.hour.all.calls == 1);
  CHECK(snapshot.hour.all.attempts == 2);
  CHECK(*snapshot.hour.all.success_rate() == 1.0);
  CHECK_FALSE(snapshot.hour.all.after_retry_rate());  // a hedge is no retry
  CHECK(snapshot.hour.waits == 0);
}

TEST_CASE("FiguresTest.TheMostFrequentErrorsComeFirstAndSharesAreOfAll") {
  FiguresDesk desk;
  for (const auto& [outcome, times] : std::map<std::string, int>{{"timeout", 4},
                                                                 {"rate_limit", 3},
                                                                 {"server", 1},
                                                                 {"quota", 1},
                                                                 {"connection", 1},
                                                                 {"invalid_json", 1},
                                                                 {"brand_new", 9}}) {
    for (int at = 0; at < times; ++at) desk.ended({attempt(outcome)});
  }
  desk.ended({attempt("not_asked")});
  desk.ended({attempt("cancelled")});

  const auto top = top_errors(desk.figures.snapshot().hour, *desk.figures.names(), 5);

  REQUIRE(top.size() == 5);
  CHECK(top[0].name == "other");
  CHECK(top[0].count == 9);
  CHECK(top[0].share == Approx(9.0 / 20.0));
  CHECK(top[1].name == "timeout");
  CHECK(top[2].name == "rate_limit");
  CHECK(top[3].name == "connection");  // of equal ones by name
}

TEST_CASE("FiguresTest.CallTypesAreCountedApart") {
  FiguresDesk desk;
  auto photo = attempt("timeout");
  photo.call_type = "photo";
  auto stranger = attempt("ok");
  stranger.call_type = "who-knows";
  desk.ended({attempt("ok")});
  desk.ended({photo});
  desk.ended({stranger});

  const auto known = desk.figures.names();
  const auto& names = *known;
  const auto by_type = desk.figures.snapshot().hour.by_call_type;

  CHECK(*by_type[names.call_types.place("registration")].success_rate() == 1.0);
  CHECK(*by_type[names.call_types.place("photo")].success_rate() == 0.0);
  CHECK(by_type[names.call_types.place("other")].calls == 1);
}

TEST_CASE("FiguresTest.AnHourLaterAllIsGone") {
  FiguresDesk desk;
  desk.ended({attempt("timeout")});

  desk.clock.advance(minutes(59));
  CHECK(desk.figures.snapshot().hour.turns == 1);
  CHECK(desk.figures.snapshot().active_sessions == 1);
  desk.clock.advance(minutes(1));

  CHECK(desk.figures.snapshot().hour.turns == 0);
  CHECK(desk.figures.snapshot().active_sessions == 0);
}

TEST_CASE("FiguresTest.LearnedNamesAreCountedAndWhatWasCountedStays") {
  FiguresDesk desk;
  auto stranger = attempt("timeout");
  stranger.call_type = "swimming";
  stranger.target = "azure/big";  // before the others, so that all places move
  desk.ended({attempt("rate_limit")});
  desk.ended({stranger});
  desk.clock.advance(minutes(1));  // one minute that is over, and one that runs
  desk.ended({attempt("rate_limit")});
  const auto before = desk.figures.snapshot();

  auto more = test::sample_names();
  more.call_types = ClosedNames({"swimming"});
  more.targets = ClosedNames({"azure/big"});
  desk.figures.learn(more);
  desk.ended({stranger});

  const auto after = desk.figures.snapshot();
  const auto count = [](const FigureSnapshot& seen, const char* target, const char* outcome) {
    const auto& names = *seen.names;
    return seen.hour.attempts[names.targets.place(target) * names.outcomes.size() +
                              names.outcomes.place(outcome)];
  };
  CHECK(count(before, "openai/big", "rate_limit") == 2);
  CHECK(count(after, "openai/big", "rate_limit") == 2);
  CHECK(count(after, "other", "timeout") == 1);
  CHECK(count(after, "azure/big", "timeout") == 1);
  CHECK(after.hour.by_call_type[after.names->call_types.place("registration")].attempts == 2);
  CHECK(after.hour.by_call_type[after.names->call_types.place("other")].attempts == 1);
  CHECK(after.hour.by_call_type[after.names->call_types.place("swimming")].attempts == 1);
  CHECK(after.hour.turns == 4);
}

TEST_CASE("FiguresTest.AgreeWithACountThatKeepsEverything") {
  FiguresDesk desk;
  EverythingKept kept;
  test::RandomTurns turns(42);
  const auto known = desk.figures.names();
  const auto& names = *known;
  for (int round = 0; round < 400; ++round) {
    const auto report = turns.next();
    desk.figures.turn_ended(report);
    kept.add(report, desk.clock.now());
    desk.clock.advance(seconds(17 * (round % 5)));
    if (round % 100 == 99) desk.clock.advance(minutes(23));
    if (round % 20 != 0) continue;

    const auto snapshot = desk.figures.snapshot();
    const auto& hour = snapshot.hour;
    const auto sums = kept.hour(desk.clock.now(), names);
    INFO(round);
    CHECK(hour.turns == sums.turns);
    CHECK(hour.failed == sums.failed);
    CHECK(hour.all.calls == sums.calls);
    CHECK(hour.all.attempts == sums.attempts);
    CHECK(hour.all.good == sums.good);
    CHECK(hour.all.called_back == sums.called_back);
    CHECK(hour.all.first == sums.first);
    CHECK(hour.all.first_good == sums.first_good);
    CHECK(hour.waits == sums.waits);
    CHECK(hour.input_tokens + hour.output_tokens == sums.tokens);
    CHECK(snapshot.active_sessions == sums.sessions.size());
    std::size_t runs = 0, cells = 0, expected = 0;
    for (const auto& tool : hour.tools) runs += tool.runs;
    for (const auto cell : hour.attempts) cells += cell;
    for (const auto& [outcome, count] : sums.outcomes) expected += count;
    CHECK(runs == sums.runs);
    CHECK(cells == expected);
    for (const auto& error : top_errors(hour, names, 100)) {
      CHECK(error.count == sums.errors.at(error.name));
    }
  }
}

TEST_CASE("FiguresTest.ManySessionsAndNamesTakeNoMoreRoom") {
  FiguresDesk desk;
  const auto cells = Tally(*desk.figures.names()).attempts.size();
  for (int at = 0; at < 20'000; ++at) {
    auto report = turn({attempt("class-" + std::to_string(at))}, "ses-" + std::to_string(at));
    report.agent = "agent-" + std::to_string(at);
    report.attempts[0].target = "target-" + std::to_string(at);
    report.tools.push_back({"tool-" + std::to_string(at), "", milliseconds(1), false});
    desk.figures.turn_ended(report);
  }

  const auto snapshot = desk.figures.snapshot();

  CHECK(snapshot.hour.attempts.size() == cells);
  CHECK(snapshot.hour.tools.size() == snapshot.names->tools.size());
  CHECK(snapshot.hour.turns == 20'000);
  CHECK(static_cast<double>(snapshot.active_sessions) == Approx(20'000).epsilon(0.02));
}

TEST_CASE("FiguresTest.ReadersAndTurnsAtTheSameTimeLoseNothing") {
  FiguresDesk desk;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&desk, thread] {
      for (int at = 0; at < 200; ++at) {
        desk.ended({attempt("ok")});
        if (thread == 0) (void)desk.figures.snapshot();
        if (at % 50 == 0) desk.clock.advance(minutes(1));
      }
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(desk.figures.snapshot().hour.turns == 800);
}

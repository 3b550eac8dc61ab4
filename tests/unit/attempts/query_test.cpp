// Reading the attempt log: lines, filters, files, the store, times.
#include "attempts/query.hpp"

#include <catch2/catch.hpp>

#include "attempts/file.hpp"
#include "attempts_fixture.hpp"
#include "core/random.hpp"
#include "store/sqlite_store.hpp"
#include "support/fake_clock.hpp"
#include "support/faulty_store.hpp"

using namespace dugout;
using attempts::Attempt;
using store::AttemptFilter;
using test::Json;
using test::line;
using test::LogFolder;

namespace {

constexpr std::int64_t kNow = 1'759'320'000'000;  // 2025-10-01T12:00:00Z

struct Found {
  std::vector<std::string> turns;  // "turn_1.1" ...
  attempts::Visit visit = [this](const Attempt& one, std::string_view) {
    turns.push_back(one.turn + "." + std::to_string(one.number));
  };
};

// Five attempts in three turns; the second turn is of another session, target and day.
std::vector<std::string> five() {
  return {line({{"outcome", "rate_limit"}}), line({{"attempt", 2}}),
          line({{"turn", "turn_2"},
                {"target", "b/m"},
                {"outcome", "invalid_json"},
                {"session", core::stable_hash("session-two")},
                {"at_ms", kNow + 1000}}),
          line({{"turn", "turn_3"},
                {"call_type", "photo"},
                {"outcome", "cancelled"},
                {"at_ms", kNow + 2000}}),
          line({{"turn", "turn_3"},
                {"call_type", "photo"},
                {"attempt", 2},
                {"hedge", true},
                {"at_ms", kNow + 2000}})};
}

using Names = std::vector<std::string>;

struct Case {
  std::string name;
  AttemptFilter filter;
  Names expected;
};

std::vector<Case> cases() {
  const Names all = {"turn_1.1", "turn_1.2", "turn_2.1", "turn_3.1", "turn_3.2"};
  std::vector<Case> out;
  const auto add = [&](const std::string& name, const Names& expected) -> AttemptFilter& {
    out.push_back({name, {}, expected});
    return out.back().filter;
  };
  add("all", all);
  add("turn", {"turn_1.1", "turn_1.2"}).turn = "turn_1";
  add("class", {"turn_1.1"}).outcome = "rate_limit";
  add("failed", {"turn_1.1", "turn_2.1"}).outcome = "failed";
  add("target", {"turn_2.1"}).target = "b/m";
  add("call type", {"turn_3.1", "turn_3.2"}).call_type = "photo";
  add("since", {"turn_2.1", "turn_3.1", "turn_3.2"}).since_ms = kNow + 1000;
  add("until", {"turn_1.1", "turn_1.2"}).until_ms = kNow + 1000;
  add("last", {"turn_3.1", "turn_3.2"}).last = 2;
  add("more than there are", all).last = 100;
  add("session", {"turn_2.1"}).session = "session-two";
  add("short session", {"turn_2.1"}).short_session = core::stable_hash("session-two");
  add("nobody's session", {}).session = "session-three";
  add("no such turn", {}).turn = "' OR 1 = 1 --";
  auto& both = add("several", {"turn_1.1"});
  both.outcome = "failed";
  both.target = "a/m";
  both.until_ms = kNow + 5000;
  both.last = 3;
  return out;
}

struct StoreFixture {
  LogFolder folder;
  test::FakeClock clock;
  std::unique_ptr<store::Store> store;
  StoreFixture() {
    auto opened = store::open_sqlite_store((folder.path / "dugout.db").string(), clock);
    if (!opened) throw std::runtime_error(opened.error().message);
    store = std::move(*opened);
  }
  void commit(const std::string& session, std::int64_t version, std::vector<std::string> lines) {
    const auto turn = store->accept(session, "", "{}");
    store::TurnCommit made;
    made.session.id = session;
    made.session.version = version;
    made.turn = turn->id;
    made.reply = "{}";
    made.attempts = std::move(lines);
    REQUIRE(store->commit(made));
  }
};

}  // namespace

TEST_CASE("AttemptTest.EveryMemberIsRead") {
  const auto read = attempts::read_attempt(line({{"attempt", 2},
                                                 {"outcome", "server"},
                                                 {"status", 503},
                                                 {"advisor", "rate_limit"},
                                                 {"action", "retry"},
                                                 {"why", "pattern_code"},
                                                 {"waited_ms", 1500.5},
                                                 {"confidence", 0.5},
                                                 {"verdicts", {{"x", 0.25}, {"y", "?"}}},
                                                 {"flagged", true},
                                                 {"hedge", true}}));

  REQUIRE(read);
  CHECK(read->number == 2);
  CHECK(read->status == 503);
  CHECK(read->why == "pattern_code");
  CHECK(read->waited_ms == 1500.5);
  CHECK(read->tokens() == 110);
  CHECK(read->confidence == 0.5);
  CHECK(read->verdicts == std::vector<std::pair<std::string, double>>{{"x", 0.25}});
  CHECK(read->flagged);
  CHECK(read->hedge);
  CHECK_FALSE(read->good());
}

TEST_CASE("AttemptTest.OldLinesHaveTheirSessionShortAndNoForeignWords") {
  const auto read = attempts::read_attempt(
      R"({"schema":1,"session":"session-one","turn":"t","why":"Helen said so","at_ms":0})");

  REQUIRE(read);
  CHECK(read->session == core::stable_hash("session-one"));
  CHECK(read->why.empty());
  CHECK(read->at == "1970-01-01T00:00:00Z");
}

TEST_CASE("AttemptTest.HostileLinesAreNoLines") {
  for (const auto* text : {"", "x", "[]", "{}", R"({"schema":3})", R"({"schema":"2"})",
                           R"({"schema":2)", "\xff\xfe"}) {
    INFO(text);
    CHECK_FALSE(attempts::read_attempt(text));
  }
  CHECK_FALSE(attempts::read_attempt(std::string(100'000, '[')));
  const auto odd = attempts::read_attempt(
      R"({"schema":2,"at_ms":1e300,"attempt":-9e99,"status":"x","verdicts":[],"cost":null})");
  REQUIRE(odd);
  CHECK(odd->at_ms == 0);
  CHECK(odd->number == 0);
}

TEST_CASE("AttemptTest.ASessionIsNamedWholeOrShort") {
  AttemptFilter whole, short_form;

  attempts::ask_for_session("session-one", whole);
  attempts::ask_for_session(core::stable_hash("session-one"), short_form);

  CHECK(whole.session == "session-one");
  CHECK(short_form.short_session == core::stable_hash("session-one"));
}

TEST_CASE("QueryTest.FilesAreReadThroughTheFilterTheOldestFirst") {
  LogFolder folder;
  const auto lines = five();
  folder.write("attempts.2.jsonl", lines[0] + "\n" + lines[1] + "\n");
  folder.write("attempts.1.jsonl", lines[2] + "\n{\"schema\":2,\"tur\n");
  folder.write("attempts.jsonl", "\n" + lines[3] + "\n" + lines[4]);

  for (const auto& [name, filter, expected] : cases()) {
    Found found;
    const auto read = attempts::from_files(folder.path, filter, found.visit);
    INFO(name);
    REQUIRE(read);
    CHECK(found.turns == expected);
    CHECK(read->passed_over == 1);
  }
  Found one;
  REQUIRE(attempts::from_files(folder.path / "attempts.1.jsonl", {}, one.visit));
  CHECK(one.turns == Names{"turn_2.1"});
  CHECK(attempts::from_files(folder.path / "none", {}, one.visit).error().code == Code::kNotFound);
}

TEST_CASE("QueryTest.TheStoreAnswersTheSame") {
  StoreFixture f;
  const auto lines = five();
  f.commit("session-one", 0, {lines[0], lines[1]});
  f.commit("session-two", 0, {lines[2]});
  f.commit("session-one", 1, {lines[3], lines[4]});

  for (const auto& [name, filter, expected] : cases()) {
    // The id of a turn is the store's own; the lines have one of the test.
    if (!filter.turn.empty()) continue;
    Found found;
    INFO(name);
    REQUIRE(attempts::from_store(*f.store, filter, found.visit));
    CHECK(found.turns == expected);
  }
}

TEST_CASE("QueryTest.TheStoreKnowsTheAttemptsOfATurn") {
  StoreFixture f;
  const auto turn = f.store->accept("session-one", "", "{}");
  store::TurnCommit made;
  made.session.id = "session-one";
  made.turn = turn->id;
  made.reply = "{}";
  made.attempts = {line({{"turn", turn->id}}), line({{"turn", turn->id}, {"attempt", 2}}), "{}"};
  REQUIRE(f.store->commit(made));

  Found found;
  AttemptFilter filter;
  filter.turn = turn->id;
  const auto read = attempts::from_store(*f.store, filter, found.visit);

  REQUIRE(read);
  CHECK(found.turns == Names{turn->id + ".1", turn->id + ".2"});
  CHECK(read->passed_over == 1);
}

TEST_CASE("QueryTest.AStoreThatFailsIsTold") {
  StoreFixture f;
  test::FaultyStore faulty(*f.store);
  faulty.fail_call(1);
  Found found;

  CHECK(attempts::from_store(faulty, {}, found.visit).error().code == Code::kUnavailable);
}

TEST_CASE("QueryTest.TimesAreUnderstood") {
  const std::vector<std::pair<std::string, std::int64_t>> good = {
      {"90s", kNow - 90'000},
      {"30m", kNow - 1'800'000},
      {"2h", kNow - 7'200'000},
      {"7d", kNow - 604'800'000},
      {"2025-10-01", kNow - 43'200'000},
      {"2025-10-01T12:00:00Z", kNow},
      {"2025-10-01 12:00:00.25z", kNow + 250},
      {"2025-10-01T13:30:00+01:30", kNow},
      {"2025-10-01T07:00:00-05:00", kNow}};
  for (const auto& [text, expected] : good) {
    INFO(text);
    const auto time = attempts::time_named(text, kNow);
    REQUIRE(time);
    CHECK(*time == expected);
  }
  for (const auto* text : {"", "h", "-2h", "2", "2w", "nan", "99999999999999d", "2025-02-30",
                           "2025-10-01T12:00:00", "2025-10-01T25:00:00Z", "2025-10-01T12:00:00.Z",
                           "2025-10-01T12:00:00+1:00", "yesterday", "2025-10-01T12:00:00ZZ"}) {
    INFO(text);
    const auto time = attempts::time_named(text, kNow);
    REQUIRE_FALSE(time);
    CHECK(time.error().code == Code::kInvalid);
    CHECK(time.error().message.find("2h") != std::string::npos);
  }
}

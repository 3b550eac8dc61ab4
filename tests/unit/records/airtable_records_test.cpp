// records/1 over Airtable: rows and conditions, claims that outlive a crash, and the rate.
#include <thread>

#include "airtable_fixture.hpp"

using dugout::Code;
using dugout::test::AirtableDouble;
using dugout::test::AirtableFixture;
using Json = nlohmann::json;

TEST_CASE("AirtableRecordsTest.ARowReadsAsItWasWritten") {
  AirtableFixture f;
  const Json row{{"team", "Lions"},
                 {"name", "Ben O'Neill \\ \"Zoë\""},
                 {"note", "json:[1]"},
                 {"count", 2},
                 {"paid", true},
                 {"earlier", {"BRQ1", "BRQ2"}},
                 {"deep", {{"a", {{"b", 1}}}}}};

  const auto id = f.add(row);

  auto expected = row;
  expected["id"] = id;
  CHECK(id.rfind("rec", 0) == 0);
  CHECK(f.find({{"id", id}}) == Json::array({expected}));
  CHECK(f.find({{"name", row["name"]}}) == Json::array({expected}));
  CHECK(f.find({{"note", "json:[1]"}}).size() == 1);
  CHECK(f.find({{"earlier", {"BRQ1", "BRQ2"}}}).size() == 1);
}

TEST_CASE("AirtableRecordsTest.ConditionsAreEscapedAndExact") {
  AirtableFixture f;
  f.add({{"name", "O'Neill"}, {"team", "Lions"}});
  f.add({{"name", "o'neill"}, {"team", "Lions"}});
  f.add({{"name", "x"}, {"team", "Tigers"}, {"n", 7}});

  CHECK(f.find({{"name", "O'Neill"}}).size() == 1);
  CHECK(f.find({{"name", "') , {team}='Lions"}}).empty());
  CHECK(f.find({{"name", "\\"}}).empty());
  CHECK(f.find({{"n", 7}}).size() == 1);
  CHECK(f.find({{"n", "7"}}).empty());
  CHECK(f.find({{"n", nullptr}}).size() == 2);
  CHECK(f.find({{"team", "Lions"}, {"name", "x"}}).empty());
  CHECK(f.find(Json::object()).size() == 3);
  CHECK(f.records->find("registrations", R"({"a}='1',{b":"x"})").error().code == Code::kInvalid);
  CHECK(f.records->find("registrations", "[]").error().code == Code::kInvalid);
}

TEST_CASE("AirtableRecordsTest.AnIdIsAskedForDirectlyAndNeverPastedIntoAPath") {
  AirtableFixture f;
  const auto id = f.add({{"team", "Lions"}});
  const auto before = f.airtable.calls.size();

  CHECK(f.find({{"id", id}, {"team", "Tigers"}}).empty());
  CHECK(f.find({{"id", "rec00000000000099"}}).empty());
  CHECK(f.airtable.calls.size() == before + 2);
  CHECK(f.find({{"id", "rec1/../../meta"}}).empty());
  CHECK(f.find({{"id", "seed_1"}}).empty());
  CHECK(f.records->update("registrations", "../x", "{}").error().code == Code::kNotFound);
  CHECK(f.airtable.calls.size() == before + 2);
}

TEST_CASE("AirtableRecordsTest.AllPagesAreRead") {
  AirtableFixture f;
  f.airtable.page = 3;
  for (int n = 0; n < 10; ++n) f.airtable.add("tblReg", {{"team", "Lions"}, {"n", n}});

  const auto rows = f.find({{"team", "Lions"}});

  REQUIRE(rows.size() == 10);
  CHECK(rows[9]["n"] == 9);
}

TEST_CASE("AirtableRecordsTest.AnUpdateMergesClearsAndAnswersTheWholeRow") {
  AirtableFixture f;
  const auto id = f.add({{"team", "Lions"}, {"size", "M"}, {"deep", {{"a", 1}, {"b", 2}}}});

  const auto row = f.records->update(
      "registrations", id, Json{{"size", nullptr}, {"number", "9"}, {"deep", {{"a", 3}}}}.dump());

  REQUIRE(row);
  CHECK(Json::parse(*row) ==
        Json{{"id", id}, {"team", "Lions"}, {"number", "9"}, {"deep", {{"a", 3}, {"b", 2}}}});
  CHECK(f.records->update("registrations", "rec00000000000099", "{}").error().code ==
        Code::kNotFound);
  CHECK(f.records->update("registrations", id, R"({"id":"recOther"})").error().code ==
        Code::kInvalid);
}

TEST_CASE("AirtableRecordsTest.TablesThatAreNotMappedStayInTheStore") {
  AirtableFixture f;

  const auto id = Json::parse(*f.records->insert("shirts", "Lions|9", R"({"number":"9"})"))["id"];
  const auto taken = f.records->insert("shirts", "Lions|9", R"({"number":"9"})");

  CHECK(taken.error().code == Code::kConflict);
  CHECK(f.find({{"id", id}}, "shirts").size() == 1);
  REQUIRE(f.records->update("shirts", id.get<std::string>(), R"({"number":"7"})"));
  CHECK(f.airtable.calls.empty());
}

TEST_CASE("AirtableRecordsTest.AKeyThatIsTakenGivesTheHolder") {
  AirtableFixture f;
  const auto id = f.add({{"name", "Alfie"}}, "2526|alfie");

  const auto again = f.records->insert("registrations", "2526|alfie", R"({"name":"Alf"})");

  REQUIRE_FALSE(again);
  CHECK(again.error().code == Code::kConflict);
  CHECK(Json::parse(again.error().detail) == Json{{"id", id}, {"name", "Alfie"}});
  CHECK(f.rows().size() == 1);
  CHECK(f.records->insert("registrations", "", R"({"id":"recMine"})").error().code ==
        Code::kInvalid);
}

TEST_CASE("AirtableRecordsTest.ACrashBeforeTheRecordLeavesTheKeyToTheNext") {
  AirtableFixture f;
  f.break_next(R"({"sent":false})");
  CHECK(f.records->insert("registrations", "key", R"({"name":"A"})").error().code ==
        Code::kUnavailable);
  CHECK(f.rows().empty());
  f.restart();

  const auto id = f.add({{"name", "B"}}, "key");

  REQUIRE(f.rows().size() == 1);
  CHECK(f.rows()[0]["id"] == id);
  CHECK(f.rows()[0]["fields"]["name"] == "B");
}

TEST_CASE("AirtableRecordsTest.ACrashAfterTheRecordMakesNoSecondOne") {
  AirtableFixture f;
  // The answer is lost, and so is the look-up after it: all that is left is the claim.
  f.airtable.next.push_back([&](const auto& call) { return f.airtable.lose_answer(call); });
  f.break_next(R"({"sent":true})");
  CHECK(f.records->insert("registrations", "key", R"({"name":"A"})").error().code ==
        Code::kUnavailable);
  REQUIRE(f.rows().size() == 1);
  f.restart();

  const auto again = f.records->insert("registrations", "key", R"({"name":"A"})");

  CHECK(again.error().code == Code::kConflict);
  CHECK(Json::parse(again.error().detail)["name"] == "A");
  CHECK(f.rows().size() == 1);
}

TEST_CASE("AirtableRecordsTest.ALostAnswerIsSettledByALookUp") {
  const auto unique = GENERATE("", "key");
  AirtableFixture f;
  f.airtable.next.push_back([&](const auto& call) { return f.airtable.lose_answer(call); });

  const auto id = f.add({{"name", "A"}}, unique);

  REQUIRE(f.rows().size() == 1);
  CHECK(f.rows()[0]["id"] == id);
  CHECK(f.airtable.count("POST") == 1);
}

TEST_CASE("AirtableRecordsTest.ARecordThatAPersonDeletedFreesItsKey") {
  AirtableFixture f;
  f.add({{"name", "A"}}, "key");
  f.rows().clear();

  const auto id = f.add({{"name", "B"}}, "key");

  REQUIRE(f.rows().size() == 1);
  CHECK(f.rows()[0]["id"] == id);
  CHECK(f.records->insert("registrations", "key", "{}").error().code == Code::kConflict);
}

TEST_CASE("AirtableRecordsTest.ThreadsThatWantOneKeyMakeOneRecord") {
  AirtableFixture f;
  std::vector<Code> codes(4);
  std::vector<std::thread> threads;
  for (std::size_t at = 0; at < codes.size(); ++at) {
    threads.emplace_back([&, at] {
      const auto made = f.records->insert("registrations", "key", R"({"name":"A"})");
      codes[at] = made ? Code::kOk : made.error().code;
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(std::count(codes.begin(), codes.end(), Code::kOk) == 1);
  CHECK(std::count(codes.begin(), codes.end(), Code::kConflict) == 3);
  CHECK(f.rows().size() == 1);
}

TEST_CASE("AirtableRateTest.NoMoreThanFiveInASecond") {
  AirtableFixture f;

  for (int n = 0; n < 23; ++n) CHECK(f.find({{"team", "Lions"}}).empty());

  CHECK(f.airtable.too_fast == 0);
  CHECK(f.airtable.calls.size() == 23);
  double slept = 0;
  for (const auto pause : f.clock.sleeps()) slept += pause;
  CHECK(slept == Approx(4.0));
}

TEST_CASE("AirtableRateTest.AfterA429NothingIsSentForThirtySeconds") {
  AirtableFixture f;
  f.answer_next(429, R"({"errors":[{"error":"RATE_LIMIT_REACHED"}]})");

  const auto refused = f.records->find("registrations", R"({"team":"Lions"})");

  CHECK(refused.error().code == Code::kUnavailable);
  CHECK(f.airtable.calls.size() == 1);
  f.clock.advance(std::chrono::seconds(10));
  CHECK_FALSE(f.records->find("registrations", R"({"team":"Lions"})"));
  CHECK(f.airtable.calls.size() == 1);
  f.clock.advance(std::chrono::seconds(20));
  CHECK(f.records->find("registrations", R"({"team":"Lions"})"));
}

TEST_CASE("AirtableRateTest.A429IsWaitedOutWhereTheDeadlineAllows") {
  AirtableFixture f;
  dugout::records::AirtableOptions options;
  options.api_key = "pat-test";
  options.base_id = "appTest";
  options.tables = {{"registrations", "tblReg"}};
  options.deadline = std::chrono::seconds(40);
  dugout::records::AirtableRecords patient(options, *f.store, f.airtable, f.clock, f.log);
  f.answer_next(429, "");

  CHECK(patient.find("registrations", R"({"team":"Lions"})"));

  CHECK(f.clock.sleeps() == std::vector<double>{30.0});
  CHECK(f.airtable.calls.size() == 2);
}

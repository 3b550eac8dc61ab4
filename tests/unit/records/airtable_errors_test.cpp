// What Airtable may answer instead of rows, and what a base must hold.
#include <fstream>
#include <iterator>

#include "airtable_fixture.hpp"
#include "records/airtable_schema.hpp"

using dugout::Code;
using dugout::core::Finding;
using dugout::test::AirtableFixture;
using Json = nlohmann::json;

namespace {

struct Refusal {
  int status;
  const char* body;
  Code code;
  const char* cause;  // a word of it in the log
};

constexpr auto kHtml = "<html><h1>Bad gateway</h1>Helen</html>";

const std::vector<Refusal> kRefusals{
    {401, R"({"error":{"type":"AUTHENTICATION_REQUIRED","message":"x"}})", Code::kUnavailable,
     "AUTHENTICATION_REQUIRED"},
    {403, R"({"error":{"type":"INVALID_PERMISSIONS"}})", Code::kUnavailable, "api_key"},
    {422, R"({"error":{"type":"UNKNOWN_FIELD_NAME","message":"Unknown field name: \"team\""}})",
     Code::kInvalid, "UNKNOWN_FIELD_NAME team"},
    {500, R"({"error":"SERVER_ERROR"})", Code::kUnavailable, "SERVER_ERROR"},
    {502, kHtml, Code::kUnavailable, "not_json"},
    {200, kHtml, Code::kUnavailable, "not_json"},
    {200, "", Code::kUnavailable, "not_json"},
    {200, R"(["x"])", Code::kUnavailable, "not_json"},
    {200, R"({"error":{"type":"lower Helen"}})", Code::kUnavailable, "not_json"},
};

Json column(const std::string& name, const std::string& type = "singleLineText") {
  return {{"name", name}, {"type", type}};
}

// A base with one table for players_last_season, all columns of which are there.
Json players(Json fields) {
  return {{"tables", {{{"id", "tblP"}, {"name", "Players"}, {"fields", std::move(fields)}}}}};
}

Json player_columns() {
  Json out = Json::array();
  for (const auto* name : {"first_name", "last_name", "player_dob", "parent_post_code", "team",
                           "age_group", "season"}) {
    out.push_back(column(name));
  }
  return out;
}

// The columns that the application ships with.
const dugout::records::KnownColumns& shipped_columns() {
  static const auto columns = [] {
    std::ifstream file(std::string(DUGOUT_SOURCE_DIR) + "/agents/schemas/record_columns.json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto read = dugout::records::read_columns(text);
    REQUIRE(read);
    return *read;
  }();
  return columns;
}

dugout::core::Findings compare(const Json& schema, const std::string& wanted = "tblP") {
  return dugout::records::compare_schema(schema, {{"players_last_season", wanted}},
                                         {{"players_last_season",
                                           {{"first_name", "last_name", "player_dob",
                                             "parent_post_code", "team", "age_group", "season"},
                                            {},
                                            {},
                                            false}}},
                                         "dugout.yaml");
}

}  // namespace

TEST_CASE("AirtableErrorsTest.EveryRefusalIsAnErrorWithItsCauseInTheLogAndWritesNothing") {
  const auto at = GENERATE(range(std::size_t{0}, kRefusals.size()));
  const auto& refusal = kRefusals[at];
  CAPTURE(refusal.status, refusal.body);
  AirtableFixture f;
  const auto id = f.add({{"team", "Lions"}, {"parent_first_name", "Helen"}});
  const auto before = f.rows();

  f.answer_next(refusal.status, refusal.body);
  const auto found = f.records->find("registrations", R"({"team":"Lions"})");
  f.answer_next(refusal.status, refusal.body);
  const auto updated = f.records->update("registrations", id, R"({"team":"Tigers"})");
  f.answer_next(refusal.status, refusal.body, 2);
  const auto added =
      f.records->insert("registrations", "key", R"({"team":"Lions","parent_first_name":"Helen"})");

  CHECK(found.error().code == refusal.code);
  CHECK(updated.error().code == refusal.code);
  CHECK(added.error().code == refusal.code);
  CHECK(f.rows() == before);
  CHECK(f.logged.find(refusal.cause) != std::string::npos);
  CHECK(f.logged.find("Helen") == std::string::npos);
  CHECK(f.logged.find("pat-test") == std::string::npos);
}

TEST_CASE("AirtableErrorsTest.AfterAFailureTheSameKeyIsWrittenOnce") {
  AirtableFixture f;
  f.answer_next(500, "", 2);
  CHECK_FALSE(f.records->insert("registrations", "key", R"({"team":"Lions"})"));

  f.add({{"team", "Lions"}}, "key");

  CHECK(f.rows().size() == 1);
}

TEST_CASE("AirtableErrorsTest.ATableThatIsNotThereIsNoEmptyTable") {
  AirtableFixture f;
  f.airtable.tables.clear();

  CHECK(f.records->find("registrations", R"({"team":"Lions"})").error().code == Code::kUnavailable);
}

TEST_CASE("AirtableErrorsTest.WithoutAKeyNothingIsSent") {
  AirtableFixture f;
  f.records = f.make("");

  CHECK(f.records->find("registrations", "{}").error().code == Code::kUnavailable);

  CHECK(f.airtable.calls.empty());
  CHECK(f.logged.find("api_key") != std::string::npos);
}

TEST_CASE("AirtableErrorsTest.ARowThatIsNoObjectIsRefused") {
  AirtableFixture f;
  f.add({{"team", "Lions"}}, "key");

  CHECK(f.records->insert("registrations", "key", "no json").error().code == Code::kInvalid);

  CHECK(f.rows().size() == 1);
}

TEST_CASE("AirtableSchemaTest.AGoodBaseHasNoFindings") {
  CHECK(compare(players(player_columns())).empty());
  CHECK(compare(players(player_columns()), "Players").empty());
}

TEST_CASE("AirtableSchemaTest.AMissingTableIsNamed") {
  const auto found = compare(players(player_columns()), "tblOther");

  REQUIRE(found.size() == 1);
  CHECK(found[0].severity == Finding::Severity::kError);
  CHECK(found[0].message.find("tblOther") != std::string::npos);
  CHECK(found[0].hint.find("services.records.tables.players_last_season") != std::string::npos);
}

TEST_CASE("AirtableSchemaTest.MissingColumnsAndWrongTypesAreNamed") {
  auto columns = player_columns();
  columns[0] = column("first_name", "formula");
  columns.erase(2);

  const auto found = compare(players(columns));

  REQUIRE(found.size() == 2);
  CHECK(found[0].message == "Airtable: table tblP has no column player_dob");
  CHECK(found[1].message == "Airtable: column first_name of table tblP is of type formula");
  for (const auto& finding : found) CHECK_FALSE(finding.hint.empty());
}

TEST_CASE("AirtableSchemaTest.AColumnThatOnlySomeRowsNeedIsAWarning") {
  const auto found = dugout::records::compare_schema(
      {{"tables",
        {{{"id", "tblT"},
          {"fields",
           {column("short_team_name"), column("age_group"), column("current_season")}}}}}},
      {{"teams", "tblT"}}, shipped_columns(), "dugout.yaml");

  REQUIRE(found.size() == 1);
  CHECK(found[0].severity == Finding::Severity::kWarning);
  CHECK(found[0].message.find("need_new_kit_current_season, manager_name") != std::string::npos);
}

TEST_CASE("AirtableSchemaTest.AListOfColumnsThatIsNoneIsRefused") {
  for (const char* text : {"", "[]", "{", R"({"teams":{"needed":"name"}})", R"({"teams":5})"}) {
    INFO(text);
    CHECK_FALSE(dugout::records::read_columns(text));
  }
  CHECK(shipped_columns().at("registrations").needed.size() > 30);
}

TEST_CASE("AirtableSchemaTest.ATableThatGetsRowsNeedsTheKeyColumn") {
  const auto found = dugout::records::compare_schema(
      {{"tables", {{{"id", "tblX"}, {"fields", {column("n")}}}}}}, {{"shirts", "tblX"}}, {}, "f");

  REQUIRE(found.size() == 1);
  CHECK(found[0].message.find("dugout_key") != std::string::npos);
}

TEST_CASE("AirtableSchemaTest.WhatIsCountedMustBeANumber") {
  const auto compare_with = [](const std::string& type) {
    const Json columns = {column("dugout_key"), column("subscription_failures", type)};
    return dugout::records::compare_schema({{"tables", {{{"id", "tblR"}, {"fields", columns}}}}},
                                           {{"registrations", "tblR"}}, shipped_columns(), "f");
  };
  const auto names_it = [](const Finding& finding) {
    return finding.message.find("subscription_failures") != std::string::npos;
  };

  const auto texts = compare_with("singleLineText"), numbers = compare_with("number");

  CHECK(std::count_if(texts.begin(), texts.end(), names_it) == 1);
  CHECK(std::count_if(numbers.begin(), numbers.end(), names_it) == 0);
}

TEST_CASE("AirtableSchemaTest.NoConnectionAtStartIsAWarningAndAWrongBaseAnError") {
  AirtableFixture f;
  f.break_next(R"({"sent":false})");
  const auto offline = dugout::records::check_schema(*f.records, {}, "dugout.yaml");
  f.answer_next(404, R"({"error":"NOT_FOUND"})");
  const auto wrong = dugout::records::check_schema(*f.records, {}, "dugout.yaml");
  f.airtable.schema = {{"tables", Json::array()}};
  const auto empty = dugout::records::check_schema(*f.records, {}, "dugout.yaml");

  REQUIRE(offline.size() == 1);
  CHECK(offline[0].severity == Finding::Severity::kWarning);
  REQUIRE(wrong.size() == 1);
  CHECK(wrong[0].severity == Finding::Severity::kError);
  REQUIRE(empty.size() == 1);
  CHECK(empty[0].message.find("tblReg") != std::string::npos);
}

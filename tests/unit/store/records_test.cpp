// Rows of named tables: finding, unique keys, merge patches, seeded tables, hostile names.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "store_fixture.hpp"

using dugout::Code;
using dugout::test::StoreFixture;
using Json = nlohmann::json;

namespace {

struct RecordsFixture : StoreFixture {
  std::string add(const std::string& table, const Json& row, const std::string& unique = "") {
    const auto added = store->insert_row(table, unique, row.dump());
    if (!added) throw std::runtime_error(added.error().message);
    return Json::parse(*added)["id"];
  }
  Json find(const std::string& table, const Json& where = Json::object()) {
    const auto rows = store->find_rows(table, where.dump());
    if (!rows) throw std::runtime_error(rows.error().message);
    return Json::parse(*rows);
  }
  std::size_t count(const std::string& table, const Json& where = Json::object()) {
    return find(table, where).size();
  }
};

}  // namespace

TEST_CASE("StoreRecordsTest.InsertGivesAnIdOrKeepsTheRows") {
  RecordsFixture f;

  const auto made = f.add("registrations", {{"name", "Ada"}});
  const auto kept = f.add("registrations", {{"id", "rec_mine"}, {"name", "Bob"}});

  CHECK(made.rfind("rec_", 0) == 0);
  CHECK(kept == "rec_mine");
  CHECK(f.find("registrations", {{"id", made}})[0]["name"] == "Ada");
}

TEST_CASE("StoreRecordsTest.FindReturnsRowsInOrderOfInsertion") {
  RecordsFixture f;
  for (int n = 0; n < 20; ++n) f.add("t", {{"id", "r" + std::to_string(99 - n)}, {"n", n}});

  const auto rows = f.find("t");

  REQUIRE(rows.size() == 20);
  for (int n = 0; n < 20; ++n) CHECK(rows[static_cast<std::size_t>(n)]["n"] == n);
}

TEST_CASE("StoreRecordsTest.FindComparesEveryMemberByValueAndType") {
  RecordsFixture f;
  f.add("t", {{"id", "text"}, {"n", "7"}, {"team", "Lions"}});
  f.add("t", {{"id", "number"}, {"n", 7}, {"team", "Lions"}});
  f.add("t", {{"id", "null"}, {"n", nullptr}, {"team", "Lions"}});
  f.add("t", {{"id", "deep"}, {"n", {{"a", {1, 2}}}}, {"team", "Tigers"}});

  CHECK(f.count("t", {{"n", "7"}}) == 1);
  CHECK(f.find("t", {{"n", 7}})[0]["id"] == "number");
  CHECK(f.find("t", {{"n", 7.0}})[0]["id"] == "number");
  CHECK(f.find("t", {{"n", nullptr}})[0]["id"] == "null");
  CHECK(f.find("t", {{"n", {{"a", {1, 2}}}}})[0]["id"] == "deep");
  CHECK(f.count("t", {{"team", "Lions"}, {"n", 7}}) == 1);
  CHECK(f.count("t", {{"team", "Tigers"}, {"n", 7}}) == 0);
  CHECK(f.count("t", {{"n", true}}) == 0);
  CHECK(f.count("t", {{"absent", nullptr}}) == 0);
  CHECK(f.count("t", {{"id", "text"}, {"n", 7}}) == 0);
  CHECK(f.count("t", {{"id", 7}}) == 0);
}

TEST_CASE("StoreRecordsTest.TablesDoNotSeeEachOther") {
  RecordsFixture f;
  f.add("a", {{"id", "same"}, {"n", 1}}, "key");
  f.add("b", {{"id", "same"}, {"n", 2}}, "key");

  CHECK(f.find("a")[0]["n"] == 1);
  CHECK(f.count("b") == 1);
  CHECK(f.count("A") == 0);
}

TEST_CASE("StoreRecordsTest.TakenUniqueKeyIsConflictWithHolder") {
  RecordsFixture f;
  f.add("shirts", {{"id", "first"}, {"player", "Ada"}}, "2526|Lions|u9|7");
  f.add("shirts", {{"id", "second"}}, "2526|Lions|u9|8");

  const auto refused = f.store->insert_row("shirts", "2526|Lions|u9|7", R"({"player":"Bob"})");

  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kConflict);
  CHECK(Json::parse(refused.error().detail)["player"] == "Ada");
  CHECK(f.count("shirts") == 2);
}

TEST_CASE("StoreRecordsTest.TakenIdIsConflictWithHolder") {
  RecordsFixture f;
  f.add("t", {{"id", "x"}, {"n", 1}});

  const auto refused = f.store->insert_row("t", "", R"({"id":"x","n":2})");

  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kConflict);
  CHECK(Json::parse(refused.error().detail)["n"] == 1);
}

TEST_CASE("StoreRecordsTest.EmptyUniqueKeyIsNone") {
  RecordsFixture f;

  f.add("t", {{"n", 1}}, "");
  f.add("t", {{"n", 1}}, "");

  CHECK(f.count("t") == 2);
}

TEST_CASE("StoreRecordsTest.UpdateMergesAndNullRemoves") {
  RecordsFixture f;
  f.add("t", {{"id", "x"}, {"keep", 1}, {"drop", 2}, {"deep", {{"a", 1}, {"b", 2}}}});

  const auto updated =
      f.store->update_row("t", "x", R"({"drop":null,"new":3,"deep":{"a":null,"c":4}})");

  REQUIRE(updated);
  const Json expected = {{"id", "x"}, {"keep", 1}, {"new", 3}, {"deep", {{"b", 2}, {"c", 4}}}};
  CHECK(Json::parse(*updated) == expected);
  CHECK(f.find("t")[0] == expected);
}

TEST_CASE("StoreRecordsTest.UpdateOfUnknownRowIsNotFound") {
  RecordsFixture f;
  f.add("t", {{"id", "x"}});

  CHECK(f.store->update_row("t", "y", "{}").error().code == Code::kNotFound);
  CHECK(f.store->update_row("u", "x", "{}").error().code == Code::kNotFound);
}

TEST_CASE("StoreRecordsTest.UpdateCannotChangeOrRemoveId") {
  RecordsFixture f;
  f.add("t", {{"id", "x"}});

  CHECK(f.store->update_row("t", "x", R"({"id":"y"})").error().code == Code::kInvalid);
  CHECK(f.store->update_row("t", "x", R"({"id":null})").error().code == Code::kInvalid);
  CHECK(f.store->update_row("t", "x", R"({"id":"x","n":1})"));
  CHECK(f.find("t")[0] == Json({{"id", "x"}, {"n", 1}}));
}

TEST_CASE("StoreRecordsTest.WhatIsNoJsonObjectIsRefused") {
  RecordsFixture f;
  f.add("t", {{"id", "x"}});
  const auto text = GENERATE(as<std::string>{}, "", "7", "[]", "{", "{\"a\":\"\xff\"}", "null");

  CHECK_FALSE(f.store->find_rows("t", text));
  CHECK_FALSE(f.store->insert_row("t", "", text));
  CHECK_FALSE(f.store->update_row("t", "x", text));
  CHECK_FALSE(f.store->replace_table("t", {text}));
  CHECK(f.count("t") == 1);
}

TEST_CASE("StoreRecordsTest.IdThatIsNoTextIsRefused") {
  RecordsFixture f;
  const auto row = GENERATE(as<std::string>{}, R"({"id":7})", R"({"id":""})", R"({"id":null})");

  CHECK(f.store->insert_row("t", "", row).error().code == Code::kInvalid);
  CHECK(f.store->replace_table("t", {row}).error().code == Code::kInvalid);
}

TEST_CASE("StoreRecordsTest.NestingTooDeepIsRefused") {
  RecordsFixture f;
  const auto deep = "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";

  CHECK_FALSE(f.store->insert_row("t", "", deep));
  CHECK_FALSE(f.store->find_rows("t", deep));
}

TEST_CASE("StoreRecordsTest.HostileNamesKeysAndValuesAreOnlyText") {
  RecordsFixture f;
  const auto evil = GENERATE(as<std::string>{}, "x'; DROP TABLE records; --", "a\"b", "$.\"id\"",
                             "' OR 1=1 --", "a.b[0]", "\\\"", "%", "*", "\xe2\x80\xae", "#");
  f.add("t", {{"id", "plain"}, {"a", 1}});

  const auto id = f.add(evil, {{"id", evil}, {evil, evil}}, evil);

  CHECK(id == evil);
  CHECK(f.count(evil) == 1);
  CHECK(f.find(evil, {{evil, evil}})[0]["id"] == evil);
  CHECK(f.count("t", {{evil, evil}}) == 0);
  CHECK(f.count("t", {{"a", evil}}) == 0);
  CHECK(f.store->update_row(evil, evil, Json({{evil, "new"}}).dump()));
  CHECK(f.find(evil, {{evil, "new"}}).size() == 1);
  CHECK(f.store->insert_row(evil, evil, "{}").error().code == Code::kConflict);
  CHECK(f.count("t") == 1);
}

TEST_CASE("StoreRecordsTest.NulCharacterEndsNoComparison") {
  RecordsFixture f;
  f.add("t", {{"id", "one"}, {"v", std::string("a\0b", 3)}});

  CHECK(f.count("t", {{"v", "a"}}) == 0);
  CHECK(f.count("t", {{"v", std::string("a\0c", 3)}}) == 0);
  CHECK(f.count("t", {{"v", std::string("a\0b", 3)}}) == 1);
}

TEST_CASE("StoreRecordsTest.ReplaceTableTakesOldSeedsAway") {
  RecordsFixture f;
  REQUIRE(f.store->replace_table("teams", {R"({"team":"Lions"})", R"({"team":"Tigers"})"}));

  REQUIRE(f.store->replace_table("teams", {R"({"team":"Panthers"})"}));

  REQUIRE(f.count("teams") == 1);
  CHECK(f.find("teams")[0]["team"] == "Panthers");
}

TEST_CASE("StoreRecordsTest.SeededRowsKeepTheirIdsOverStarts") {
  RecordsFixture f;
  const std::vector<std::string> rows = {R"({"team":"Lions"})", R"({"team":"Lions"})",
                                         R"({"team":"Tigers"})"};
  REQUIRE(f.store->replace_table("teams", rows));
  const auto before = f.find("teams");

  REQUIRE(f.store->replace_table("teams", rows));

  CHECK(before.size() == 3);
  CHECK(f.find("teams") == before);
}

TEST_CASE("StoreRecordsTest.SeededUniqueKeyIsTakenOutAndKept") {
  RecordsFixture f;
  REQUIRE(f.store->replace_table("shirts", {R"({"_unique":"2526|Lions|u9|7","n":7})"}));

  const auto refused = f.store->insert_row("shirts", "2526|Lions|u9|7", "{}");

  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kConflict);
  CHECK(Json::parse(refused.error().detail)["n"] == 7);
  CHECK_FALSE(f.find("shirts")[0].contains("_unique"));
}

TEST_CASE("StoreRecordsTest.ApplicationRowsSurviveReplaceAndWinTheirKeys") {
  RecordsFixture f;
  REQUIRE(f.store->replace_table("shirts", {R"({"_unique":"k7","n":7})"}));
  f.add("shirts", {{"id", "mine"}, {"n", 8}}, "k8");
  f.reopen();

  REQUIRE(f.store->replace_table(
      "shirts", {R"({"_unique":"k8","n":-8})", R"({"_unique":"k9","n":9})", R"({"id":"mine"})"}));

  CHECK(f.count("shirts") == 2);
  CHECK(f.find("shirts", {{"id", "mine"}})[0]["n"] == 8);
  CHECK(f.count("shirts", {{"n", 9}}) == 1);
}

TEST_CASE("StoreRecordsTest.SeededRowOnceUpdatedIsTheApplications") {
  RecordsFixture f;
  const std::vector<std::string> rows = {R"({"team":"Lions","full":"N"})"};
  REQUIRE(f.store->replace_table("teams", rows));
  const std::string id = f.find("teams")[0]["id"];
  REQUIRE(f.store->update_row("teams", id, R"({"full":"Y"})"));

  REQUIRE(f.store->replace_table("teams", rows));

  REQUIRE(f.count("teams") == 1);
  CHECK(f.find("teams")[0]["full"] == "Y");
}

TEST_CASE("StoreRecordsTest.ReplaceOfSeveralTablesIsAllOrNothing") {
  RecordsFixture f;
  REQUIRE(f.store->replace_tables(
      {{"shirts", {R"({"_unique":"k7","n":7})"}}, {"teams", {R"({"team":"Lions"})"}}}));

  CHECK_FALSE(f.store->replace_tables({{"shirts", {R"({"n":8})"}}, {"teams", {"oops"}}}));

  CHECK(f.find("shirts")[0]["n"] == 7);
  CHECK(f.find("teams")[0]["team"] == "Lions");
}

TEST_CASE("StoreRecordsTest.ReplaceWithOneBadRowChangesNothing") {
  RecordsFixture f;
  REQUIRE(f.store->replace_table("teams", {R"({"team":"Lions"})"}));

  CHECK_FALSE(f.store->replace_table("teams", {R"({"team":"Tigers"})", "oops"}));

  CHECK(f.find("teams")[0]["team"] == "Lions");
}

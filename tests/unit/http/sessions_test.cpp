// GET /api/sessions and /api/sessions/{id}: pages, bad parameters, many sessions, nothing said.
#include <catch2/catch.hpp>
#include <chrono>
#include <set>

#include "overviews_fixture.hpp"

using namespace dugout;
using test::Overviews;

namespace {

// So many sessions at once, straight into the file.
void fill(Overviews& f, int count) {
  const auto database = store::Database::open(f.folder.file("dugout.db"), {});
  REQUIRE(database);
  REQUIRE((*database)->run(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) "
      "INSERT INTO sessions(id, agent, routine, record, state, version, created_ms, updated_ms, "
      "short) SELECT 'ses_' || i, 'new_registration', i % 35 + 1, '{}', '{}', 1, 1, 1000 + i / 3, "
      "short_form('ses_' || i) FROM n",
      {std::int64_t{count}}));
}

}  // namespace

TEST_CASE("SessionsEndpointTest.WithoutSessionsThereIsAnEmptyPage") {
  Overviews f;

  const auto answer = f.get("/api/sessions");

  CHECK(answer.status == 200);
  CHECK(answer.json() == nlohmann::json{{"sessions", nlohmann::json::array()}, {"next", nullptr}});
}

TEST_CASE("SessionsEndpointTest.ASessionIsShownByItsShortFormWithoutAWordOfIt") {
  Overviews f;
  f.go("ses_secret_id", {{0, 1}});
  f.go("ses_secret_id", {{1, 2}}, R"({"record_id":{"value":"rec_1"}})");

  const auto listed = f.get("/api/sessions");
  const auto line = listed.json()["sessions"][0];
  const auto story = f.get("/api/sessions/" + line["id"].get<std::string>());

  CHECK(line["session"] == core::stable_hash("ses_secret_id"));
  CHECK(line["agent"] == "new_registration");
  CHECK(line["routine"] == 2);
  CHECK(line["turns"] == 2);
  CHECK(line["state"] == "registered");
  CHECK(line["updated"].get<std::string>().size() == 20);
  CHECK(story.json()["turns"].size() == 2);
  CHECK(story.json()["turns"][0]["routine"] == 1);
  CHECK(story.json()["turns"][0]["took_ms"].is_number());
  CHECK(story.json()["turns"][0]["attempts"].empty());
  for (const auto& body : {listed.body, story.body}) {
    CHECK(body.find("secret") == std::string::npos);
    CHECK(body.find("Zebedee") == std::string::npos);
    CHECK(body.find("rec_1") == std::string::npos);
  }
}

TEST_CASE("SessionsEndpointTest.AttemptsAreThoseOfTheAttemptLog") {
  Overviews f;
  f.explanation = R"({"attempts":[{"target":"openai/gpt"}],"sentences":["So."],"answered_by":"x"})";
  f.go("ses_1", {{0, 1}});

  const auto story = f.get("/api/sessions/" + core::stable_hash("ses_1")).json();

  CHECK(story["turns"][0]["attempts"][0]["target"] == "openai/gpt");
  CHECK(story["turns"][0]["sentences"][0] == "So.");
  f.explanation = "not json";
  CHECK(f.get("/api/sessions/" + core::stable_hash("ses_1")).status == 200);
}

TEST_CASE("SessionsEndpointTest.BadParametersAreRefusedByName") {
  Overviews f;
  const std::vector<std::pair<std::string, std::string>> bad = {{"limit", "0"},
                                                                {"limit", "201"},
                                                                {"limit", "-1"},
                                                                {"limit", "1e2"},
                                                                {"limit", "%00"},
                                                                {"limit", ""},
                                                                {"limit", "99999999999999999999"},
                                                                {"stuck", "perhaps"},
                                                                {"hours", "0"},
                                                                {"hours", "8761"},
                                                                {"before", "x"},
                                                                {"before", "12"},
                                                                {"before", "12-"},
                                                                {"before", "12-'or1=1"},
                                                                {"before", "-"},
                                                                {"before", "12-0123456789abcdef0"}};

  for (const auto& [name, value] : bad) {
    INFO(name << "=" << value);
    const auto answer = f.get("/api/sessions?" + name + "=" + value);
    CHECK(answer.status == 400);
    CHECK(answer.headers.at("Content-Type") == "application/problem+json");
    CHECK(answer.json()["detail"].get<std::string>().find("\"" + name + "\"") != std::string::npos);
  }
  CHECK(f.get("/api/sessions?other=x").status == 200);
}

TEST_CASE("SessionsEndpointTest.TenThousandSessionsAreListedPageByPage") {
  Overviews f;
  fill(f, 10'000);
  std::set<std::string> seen;
  std::string next;
  std::size_t largest = 0;

  do {
    const auto answer = f.get("/api/sessions?limit=200" + (next.empty() ? "" : "&before=" + next));
    REQUIRE(answer.status == 200);
    largest = std::max(largest, answer.body.size());
    const auto page = answer.json();
    for (const auto& line : page["sessions"]) seen.insert(line["id"].get<std::string>());
    next = page["next"].is_null() ? "" : page["next"].get<std::string>();
  } while (!next.empty() && seen.size() < 20'000);

  CHECK(seen.size() == 10'000);
  CHECK(largest < 100'000);
}

TEST_CASE("SessionsEndpointTest.StuckAreThoseThatStoppedBeforeTheEnd") {
  Overviews f;
  f.go("ses_stuck", {{0, 8}});
  f.go("ses_done", {{0, 35}});
  f.age(25);
  f.go("ses_fresh", {{0, 8}});

  const auto day = f.get("/api/sessions?stuck=true").json()["sessions"];
  const auto month = f.get("/api/sessions?stuck=1&hours=720").json()["sessions"];

  REQUIRE(day.size() == 1);
  CHECK(day[0]["id"] == core::stable_hash("ses_stuck"));
  CHECK(month.empty());
}

TEST_CASE("SessionsEndpointTest.UnknownSessionsAreNotFoundAndStrangersSeeNothing") {
  Overviews f;
  f.go("ses_1", {{0, 1}});

  for (const auto* id : {"ses_2", "0000000000000000", "%2e%2e", "a'b", "a%20b"}) {
    INFO(id);
    CHECK(f.get(std::string("/api/sessions/") + id).status == 404);
  }
  for (const auto* path : {"/api/sessions", "/api/sessions/ses_1", "/api/funnel", "/api/flows",
                           "/api/flows/new_registration"}) {
    INFO(path);
    CHECK(f.doors->send("GET", path).status == 401);
    CHECK(f.doors->send("POST", path, "{}").status == 405);
  }
}

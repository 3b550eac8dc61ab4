// GET /api/flows and /api/flows/{flow}: what editors see of the routines that run, and of the
// files.
#include <catch2/catch.hpp>

#include "http/sample_values.hpp"
#include "overviews_fixture.hpp"

using namespace dugout;
using test::Overviews;

namespace {

nlohmann::json routine_of(const nlohmann::json& flow, int number) {
  for (const auto& routine : flow["routines"]) {
    if (routine["number"] == number) return routine;
  }
  return nullptr;
}

nlohmann::json edge_of(const nlohmann::json& flow, int from, int to) {
  for (const auto& edge : flow["edges"]) {
    if (edge["from"] == from && edge["to"] == to) return edge;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("RoutinePagesTest.AFlowHasAllRoutinesWithFileTextFieldsAndRules") {
  Overviews f;

  const auto flow = f.get("/api/flows/new_registration").json();
  const auto mobile = routine_of(flow, 8);

  CHECK(flow["title"] == "New registration");
  CHECK(flow["start"] == 1);
  CHECK(flow["routines"].size() == 35);
  CHECK(flow["errors"] == 0);
  CHECK(mobile["file"] == "routines/new_registration/08_parent_mobile.yaml");
  CHECK(mobile["yaml"] == f.read("08_parent_mobile.yaml"));
  CHECK(mobile["changed"] == false);
  CHECK(mobile["fields"][0]["name"] == "parent_telephone");
  CHECK(mobile["fields"][0]["check"] == "phone_validation");
  CHECK(mobile["next"][mobile["next"].size() - 1]["to"] == 9);
  CHECK(routine_of(flow, 22)["kind"] == "route");
  CHECK(routine_of(flow, 35)["kind"] == "end");
  CHECK(routine_of(flow, 29)["calls"].size() == 3);
}

TEST_CASE("RoutinePagesTest.TextsAreThoseAParentSeesWithInventedPeople") {
  Overviews f;

  const auto flow = f.get("/api/flows/new_registration").json();

  CHECK(routine_of(flow, 8)["sample"].get<std::string>().find("Grace") != std::string::npos);
  const auto summary = routine_of(flow, 28)["sample"].get<std::string>();
  CHECK(summary.find("**Maya Okafor** (lions, U9)") != std::string::npos);
  CHECK(summary.find("grace@example.org") != std::string::npos);
  for (const auto& routine : flow["routines"]) {
    for (const auto& said : routine["spoken"]) {
      const auto text = said["text"].get<std::string>();
      INFO(routine["number"] << ": " << text);
      CHECK(text.find('{') == std::string::npos);
      CHECK(text.find('[') == std::string::npos);  // a name nothing was invented for
    }
  }
}

TEST_CASE("RoutinePagesTest.EdgesAreMergedByPairAndCarryTheTraffic") {
  Overviews f;
  f.go("ses_1", {{0, 1}});
  f.go("ses_1", {{1, 2}});
  f.go("ses_1", {{2, 2}});
  f.go("ses_1", {{2, 9}});

  const auto flow = f.get("/api/flows/new_registration").json();

  CHECK(edge_of(flow, 0, 1)["kind"] == "start");
  CHECK(edge_of(flow, 0, 1)["traffic"] == 1);
  CHECK(edge_of(flow, 1, 2)["kind"] == "next");
  CHECK(edge_of(flow, 1, 2)["traffic"] == 1);
  CHECK(edge_of(flow, 2, 9)["kind"] == "past");
  CHECK(edge_of(flow, 2, 2).is_null());
  CHECK(edge_of(flow, 29, 30)["kind"] == "next");
  CHECK(edge_of(flow, 30, 27)["kind"] == "correction");
  std::set<std::pair<int, int>> pairs;
  for (const auto& edge : flow["edges"]) {
    CHECK(pairs.emplace(edge["from"].get<int>(), edge["to"].get<int>()).second);
  }
  CHECK(routine_of(flow, 2)["reached"] == 1);
}

TEST_CASE("RoutinePagesTest.ABrokenCopyShowsItsFindingsWhileTheFlowGoesOnRunning") {
  Overviews f;
  auto text = f.read("08_parent_mobile.yaml");
  f.write("08_parent_mobile.yaml", text + "chek: this\n");

  const auto flow = f.get("/api/flows/new_registration").json();
  const auto mobile = routine_of(flow, 8);

  REQUIRE(mobile["findings"].size() >= 1);
  const auto finding = mobile["findings"][0];
  CHECK(finding["severity"] == "error");
  CHECK(finding["file"] == "routines/new_registration/08_parent_mobile.yaml");
  CHECK(finding["line"] == std::count(text.begin(), text.end(), '\n') + 1);
  CHECK(mobile["changed"] == true);
  CHECK(mobile["yaml"].get<std::string>().find("chek: this") != std::string::npos);
  CHECK(flow["routines"].size() == 35);
  CHECK(flow["errors"].get<int>() >= 1);
  const auto list = f.get("/api/flows").json();
  CHECK(list["flows"][0]["errors"].get<int>() >= 1);
  CHECK(list["flows"][1]["errors"] == 0);
}

TEST_CASE("RoutinePagesTest.FilesThatAreGoneHugeOrNoTextAreSurvived") {
  Overviews f;
  std::filesystem::remove(f.file("08_parent_mobile.yaml"));
  f.write("09_parent_email.yaml", std::string(300'000, 'x'));
  f.write("10_consent.yaml", "number: 10\nname: \xff\xfe\n");
  f.write("99_new.yaml", "number: 99\n");

  const auto answer = f.get("/api/flows/new_registration");
  const auto flow = answer.json();

  REQUIRE(answer.status == 200);
  CHECK(routine_of(flow, 8)["yaml"].is_null());
  CHECK(routine_of(flow, 9)["yaml"].is_null());
  CHECK(routine_of(flow, 10)["yaml"].get<std::string>().find("\xef\xbf\xbd") != std::string::npos);
  CHECK_FALSE(flow["findings"].empty());
  CHECK(answer.body.find(f.root) == std::string::npos);  // where it lies is nobody's business
}

TEST_CASE("RoutinePagesTest.BadParametersAndUnknownFlowsAreRefused") {
  Overviews f;

  for (const auto* bad : {"days=-1", "days=3651", "days=x", "hours=0"}) {
    INFO(bad);
    CHECK(f.get(std::string("/api/flows/new_registration?") + bad).status == 400);
  }
  for (const auto* name : {"none", "..", "%2e%2e", "new_registration%00"}) {
    INFO(name);
    CHECK(f.get(std::string("/api/flows/") + name).status == 404);
  }
}

TEST_CASE("SampleValuesTest.EveryNameHasAValueAndPeopleAreInvented") {
  Overviews f;
  const auto& application = f.doors->orchestrator.loaded;
  const http::SampleValues values(application.flows.at("new_registration"), application.settings,
                                  core::WallTime(std::chrono::milliseconds(1'759'320'000'000)));

  CHECK(values.get("parent_telephone") == "07700900123");
  CHECK(values.get("player_telephone") == "07700900456");
  CHECK(values.get("parent_email") == "grace@example.org");
  CHECK(values.get("player_dob")->size() == 10);
  CHECK(values.get("player_gender") == "Female");
  CHECK(values.get("something_new") == "[something new]");
  CHECK_FALSE(values.get("age_group.upper"));
  CHECK(routines::resolve("age_group.upper", values) == "U9");
  CHECK(values.get("club.name") == application.settings.at("club.name"));
}

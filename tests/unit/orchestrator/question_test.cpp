// What a page is told of the open question, over the application in the repository.
#include "orchestrator/question.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "orchestrator/answers.hpp"
#include "orchestrator/corrections.hpp"
#include "routines/load.hpp"

using namespace dugout;
using namespace dugout::orchestrator;
using routines::Field;
using routines::FieldType;
using Json = nlohmann::json;

namespace {

const routines::Application& shipped_application() {
  static core::Findings findings;
  static const auto application = routines::load_application(DUGOUT_SOURCE_DIR, {}, findings);
  for (const auto& finding : findings) UNSCOPED_INFO(finding.text());
  REQUIRE(findings.empty());
  return application;
}

const routines::Flow& flow() {
  return shipped_application().flows.at("new_registration");
}

// A record in which these routines have been answered, in this order: {routine, field, value}.
struct Told {
  int routine;
  std::string field, value;
};

Draft told_record(const std::vector<Told>& told) {
  Draft draft(shipped_application().settings,
              core::WallTime(std::chrono::milliseconds(1'759'320'000'000)));
  draft.set("age_group", "u9", 0, "t0");
  draft.set("team", "Lions", 0, "t0");
  for (const auto& [routine, field, value] : told) draft.set(field, value, routine, "t1");
  return draft;
}

Json question(int number, const Draft& draft) {
  return Json::parse(question_of(flow(), *flow().find(number), draft));
}

std::vector<std::string> values(const Json& choices) {
  std::vector<std::string> out;
  for (const auto& choice : choices) out.push_back(choice["value"]);
  return out;
}

const std::vector<Told> kUpToMobile{{1, "parent_full_name", "Helen Barlow"},
                                    {2, "player_full_name", "Alfie Barlow"},
                                    {2, "resume_found", "N"},
                                    {3, "player_dob", "14-05-2017"},
                                    {4, "player_gender", "Male"},
                                    {5, "player_has_any_medical_issues", "N"},
                                    {6, "played_for_urmston_town_last_season", "Y"},
                                    {7, "parent_relationship_to_player", "Mother"}};

bool reads(const Field& field, const std::string& said) {
  switch (field.type) {
    case FieldType::kChoice:
      return read_choice(said, field.values).value.has_value();
    case FieldType::kYesNo:
      return read_yes_no(said, field.values).value.has_value();
    case FieldType::kInteger:
      return read_integer(said, field).value.has_value();
    case FieldType::kText: {
      const auto reading = read_text(said, field);
      return reading.value || reading.left_out;
    }
    default:
      return true;
  }
}

}  // namespace

TEST_CASE("QuestionTest.TheFormFollowsTypeAndCheck") {
  const auto draft = told_record({});
  const std::map<int, std::string> kinds{
      {1, "text"},  {3, "date"},      {4, "choice"}, {6, "yes_no"},  {8, "phone"},
      {9, "email"}, {12, "postcode"}, {13, "text"},  {33, "number"}, {34, "file"}};
  for (const auto& [number, kind] : kinds) {
    INFO(number);
    CHECK(question(number, draft)["kind"] == kind);
  }
  CHECK(question(9, draft)["label"] == "Your email");
  CHECK(question(9, draft)["autofill"] == "email");
  CHECK(question(24, draft)["autofill"].is_null());
  CHECK(question(9, draft)["choices"] == Json::array());
}

TEST_CASE("QuestionTest.YesAndNoAreButtonsAndAChoiceHasItsValues") {
  const auto draft = told_record({});
  CHECK(values(question(16, draft)["choices"]) == std::vector<std::string>{"Yes", "No"});
  CHECK(values(question(4, draft)["choices"]) ==
        std::vector<std::string>{"Boy", "Girl", "Prefer not to say"});
  CHECK(question(32, draft)["choices"].size() == 11);
}

TEST_CASE("QuestionTest.WhatEveryButtonSaysIsReadAsAnAnswer") {
  const auto draft = told_record({});
  for (const auto& [name, any] : shipped_application().flows) {
    for (const auto& [number, routine] : any.routines) {
      for (const auto& field : routine.collects) {
        routines::Routine alone = routine;
        alone.collects = {field};
        alone.collects.front().when.reset();
        const auto asked = Json::parse(question_of(any, alone, draft));
        for (const auto& said : values(asked["choices"])) {
          INFO(name << " " << number << " " << said);
          CHECK(reads(field, said));
        }
      }
    }
  }
}

TEST_CASE("QuestionTest.TheFieldThatIsStillMissingIsAsked") {
  auto draft = told_record({{5, "player_has_any_medical_issues", "Y"}});
  CHECK(question(5, draft)["field"] == "description_of_player_medical_issues");
  draft.set("description_of_player_medical_issues", "asthma", 5, "t1");
  CHECK(question(5, draft)["field"] == "player_has_any_medical_issues");
}

TEST_CASE("QuestionTest.AtAnEndNothingIsAsked") {
  const auto asked = question(35, told_record({}));
  CHECK(asked["field"].is_null());
  CHECK(asked["choices"].empty());
}

TEST_CASE("QuestionTest.ACorrectionAsksInTheFormOfTheDetail") {
  auto draft = told_record(kUpToMobile);
  CHECK(values(question(27, draft)["choices"]) == std::vector<std::string>{"No change"});
  draft.set("correction_field", "player_dob", 27, "t1");
  const auto asked = question(27, draft);
  CHECK(asked["kind"] == "date");
  CHECK(asked["routine"] == 27);
  CHECK(asked["label"] == "Your child's date of birth");
  CHECK(asked["editable"].empty());
}

TEST_CASE("QuestionTest.WhatWasToldMayBeChanged") {
  const auto draft = told_record(kUpToMobile);
  const auto editable = question(8, draft)["editable"];
  REQUIRE(editable.size() == 7);
  CHECK(editable[0]["label"] == "Your name");
  CHECK(editable[0]["value"] == "Change your name");
  for (const auto& entry : editable) {
    INFO(entry["value"]);
    CHECK(asks_to_change(entry["value"], flow(), 8, draft));
    CHECK(asks_for_correction(entry["value"], flow(), draft));
  }
  // What is asked just now is simply answered.
  CHECK(question(7, draft)["editable"].size() == 6);
  // Nothing is told while somebody has still to show who they are.
  CHECK(question(17, draft)["editable"].empty());
}

TEST_CASE("QuestionTest.OnTheWayBackNothingElseIsChanged") {
  auto draft = told_record(kUpToMobile);
  draft.set(routines::kCorrectionReturn, "8", 8, "t1");
  CHECK(question(13, draft)["editable"].empty());
}

TEST_CASE("ChangeTest.OnlyAPlainWishToChangeIsOne") {
  const auto draft = told_record(kUpToMobile);
  const auto asks = [&](const std::string& text) { return asks_to_change(text, flow(), 8, draft); };
  for (const auto* text :
       {"change my name", "Change your child's name", "Sorry, can I change the date of birth?",
        "oops, please correct my surname to Barlowe", "my name is wrong",
        "his name should be Alfred Barlow", "edit gender"}) {
    INFO(text);
    CHECK(asks(text));
  }
  for (const auto* text :
       {"07700900123", "I have to change my number next week", "no change",
        "it should be on the form", "my email is wrong", "names are hard", "change", ""}) {
    INFO(text);
    CHECK(!asks(text));
  }
}

TEST_CASE("StepsTest.AnsweredAndLeftMakeTheWhole") {
  const auto start = steps_of(flow(), 1, told_record({}));
  CHECK(start.step == 1);
  CHECK(start.of > 25);
  const auto later = steps_of(flow(), 8, told_record(kUpToMobile));
  CHECK(later.step == 8);
  CHECK(later.of < start.of);
}

TEST_CASE("StepsTest.AnswersOnlyMakeTheWayShorter") {
  auto draft = told_record({});
  auto before = steps_of(flow(), 1, draft);
  int number = 1;
  for (const auto& told : kUpToMobile) {
    if (told.routine != number) {
      number = told.routine;
      const auto now = steps_of(flow(), number, draft);
      INFO(number);
      CHECK(now.step == before.step + 1);
      CHECK(now.of <= before.of);
      before = now;
    }
    draft.set(told.field, told.value, told.routine, "t1");
  }
}

TEST_CASE("StepsTest.TheEndIsTheLastStep") {
  auto told = kUpToMobile;
  told.push_back({34, "id_image_link", "x"});
  const auto end = steps_of(flow(), 35, told_record(told));
  CHECK(end.step == end.of);
  const auto last = steps_of(flow(), 34, told_record(kUpToMobile));
  CHECK(last.step == last.of);
  CHECK(steps_of(flow(), 99, told_record({})).of == 0);
}

TEST_CASE("StepsTest.ACorrectionIsNoStepOfItsOwn") {
  auto draft = told_record(kUpToMobile);
  const auto before = steps_of(flow(), 8, draft);
  draft.set(routines::kCorrectionReturn, "8", 8, "t1");
  draft.set("correction_field", "player_dob", 27, "t1");
  const auto now = steps_of(flow(), 27, draft);
  CHECK(now.step == before.step);
  CHECK(now.of == before.of);
}

TEST_CASE("StepsTest.AFlowOfManyWaysIsStillQuick") {
  routines::Flow wide;
  wide.name = "wide";
  for (int number = 1; number <= 80; ++number) {
    routines::Routine routine;
    routine.number = number;
    routine.kind = number == 80 ? routines::RoutineKind::kEnd : routines::RoutineKind::kAsk;
    for (int to = number + 1; to <= 80 && to <= number + 6; ++to) {
      routines::Edge edge;
      edge.go = to;
      routines::Condition open;
      open.left = "unknown";
      open.right = std::to_string(to);
      edge.when = open;
      routine.next.push_back(edge);
    }
    wide.routines.emplace(number, routine);
  }
  const auto steps = steps_of(wide, 1, told_record({}));
  CHECK(steps.of > 1);
  CHECK(steps.of <= 79);
}

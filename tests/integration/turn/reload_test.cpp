// A generation is exchanged while families are in the middle of their registration.
#include <catch2/catch.hpp>

#include "product.hpp"

namespace dugout::test {
namespace {

constexpr auto kCode = "200-lions-u9-2526";
constexpr auto kFlow = "new_registration";

routines::Routine& routine(routines::Application& application, int number) {
  return application.flows.at(kFlow).routines.at(number);
}

// As if its file had been saved with another text.
routines::Routine& edited(routines::Application& application, int number) {
  auto& changed = routine(application, number);
  changed.hash += "+";
  return changed;
}

}  // namespace

TEST_CASE("ReloadTest.PublishedGenerationServesTheNextTurn") {
  Product product;
  auto next = *product.orchestrator().application();
  edited(next, 1).ask = "The second version: who are you?";

  const auto number = product.publish(std::move(next));
  const auto reply = product.say(kCode);

  REQUIRE(reply);
  CHECK(number == 2);
  CHECK(reply->generation == 2);
  CHECK(reply->response.find("The second version") != std::string::npos);
}

TEST_CASE("ReloadTest.OpenQuestionIsAnsweredByTheRoutineThatPutIt") {
  Product product;
  REQUIRE(product.at(kCode) == 1);
  auto next = *product.orchestrator().application();
  edited(next, 1).clarify = "The new words.";

  product.publish(std::move(next));
  const auto refused = product.say("12345");
  const auto seen = product.view();

  REQUIRE(refused);
  CHECK(refused->response.find("The new words.") == std::string::npos);
  REQUIRE(seen);
  CHECK(seen->routine_number == 1);
  CHECK(product.at("Helen Barlow") == 2);
}

TEST_CASE("ReloadTest.NewRoutineIsPutOnceTheOldOneIsLeft") {
  Product product;
  REQUIRE(product.at(kCode) == 1);
  auto next = *product.orchestrator().application();
  edited(next, 1).clarify = "The new words.";
  edited(next, 2).ask = "The new question.";

  product.publish(std::move(next));
  const auto reply = product.say("Helen Barlow");

  REQUIRE(reply);
  CHECK(reply->routine_number == 2);
  CHECK(reply->response.find("The new question.") != std::string::npos);
}

TEST_CASE("ReloadTest.SecondChangeMeanwhileKeepsTheRoutineThatPutTheQuestion") {
  Product product;
  REQUIRE(product.at(kCode) == 1);
  for (const auto* words : {"First change.", "Second change."}) {
    auto next = *product.orchestrator().application();
    edited(next, 1).clarify = words;
    product.publish(std::move(next));
  }

  const auto refused = product.say("12345");

  REQUIRE(refused);
  CHECK(refused->response.find("change.") == std::string::npos);
}

TEST_CASE("ReloadTest.OldRoutineThatLeadsNowhereIsReplacedAndItsQuestionPutAgain") {
  Product product;
  REQUIRE(product.at(kCode) == 1);
  auto next = *product.orchestrator().application();
  // 2 becomes 52: the old routine 1 would lead to a routine that is no more.
  auto moved = routine(next, 2);
  moved.number = 52;
  next.flows.at(kFlow).routines.erase(2);
  next.flows.at(kFlow).routines[52] = moved;
  auto& first = edited(next, 1);
  for (auto& edge : first.next) edge.go = edge.go == 2 ? 52 : edge.go;
  first.ask = "The new question.";

  product.publish(std::move(next));
  const auto reply = product.say("Helen Barlow");

  REQUIRE(reply);
  CHECK(reply->routine_number == 1);
  CHECK(reply->response.find("Nothing you have told me is lost") != std::string::npos);
  CHECK(reply->response.find("The new question.") != std::string::npos);
  CHECK(product.at("Helen Barlow") == 52);
}

TEST_CASE("ReloadTest.SessionWhoseRoutineIsGoneGoesOnWhereItsRecordLeads") {
  Product product;
  REQUIRE(product.at(kCode) == 1);
  REQUIRE(product.at("Helen Barlow") == 2);
  auto next = *product.orchestrator().application();
  auto& routines = next.flows.at(kFlow).routines;
  // 2 and all it led to have other numbers.
  const auto second = routines.at(2);
  for (const auto& edge : second.next) {
    if (routines.count(edge.go) == 0) continue;
    auto target = routines.at(edge.go);
    routines.erase(edge.go);
    target.number += 50;
    routines[target.number] = target;
  }
  auto moved = second;
  routines.erase(2);
  moved.number = 52;
  for (auto& edge : moved.next) edge.go += 50;
  routines[52] = moved;
  for (auto& edge : edited(next, 1).next) edge.go = edge.go == 2 ? 52 : edge.go;

  product.publish(std::move(next));
  const auto reply = product.say("Tommy Barlow");

  REQUIRE(reply);
  CHECK(reply->routine_number == 52);
  CHECK(product.record("parent_first_name") == "Helen");
}

TEST_CASE("ReloadTest.GenerationThatNobodyUsesIsLetGo") {
  Product product;
  std::weak_ptr<const routines::Application> first = product.orchestrator().application();
  auto next = *product.orchestrator().application();

  product.publish(std::move(next));

  CHECK(first.expired());
}

TEST_CASE("ReloadTest.GuardsStayUnlessTheirOptionsChange") {
  ProductOptions options;
  options.base_url = "http://127.0.0.1:1/v1";  // nobody listens there
  options.resilience.breaker.failures_in_row = 1;
  Product product(options);
  REQUIRE(product.say(kCode));
  REQUIRE(product.say("Helen Barlow"));
  const auto opened = [&] {
    for (const auto& target : product.guards().targets) {
      if (target.state == "open") return true;
    }
    return false;
  };
  REQUIRE(opened());
  auto next = *product.orchestrator().application();

  product.publish(std::move(next));

  CHECK(opened());
}

}  // namespace dugout::test

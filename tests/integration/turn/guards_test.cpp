// What the guards make of whole turns: an outage opens the breakers and spares the provider, nobody
// left to answer is told when to come back, equal questions are answered from memory.
#include <catch2/catch.hpp>

#include "product.hpp"

namespace {

using namespace dugout::test;
using namespace std::chrono_literals;
using dugout::Code;

struct Guarded {
  explicit Guarded(ProductOptions options = {})
      : model([](const nlohmann::json&) { return std::optional<int>(); }) {
    options.base_url = model.base_url();
    product = std::make_unique<Product>(options);
  }

  dugout::Outcome<dugout::orchestrator::ChatReply> ask(const std::string& session,
                                                       const std::string& text = "Hello?",
                                                       const std::string& id = "") {
    return product->chat({session, id, text, {}});
  }
  void down() {
    for (const auto* name : {"gpt-4.1", "gpt-4o-mini"}) {
      model.fail_model(name, Fault::kServerError500);
    }
  }
  void up() {
    for (const auto* name : {"gpt-4.1", "gpt-4o-mini"}) model.fail_model(name, Fault::kNone);
  }
  // Asks until nobody is asked any more.
  void until_open() {
    for (int turn = 0; turn < 20; ++turn) {
      const int before = model.count();
      (void)ask("session-down-" + std::to_string(turn));
      if (model.count() == before) return;
    }
    FAIL("the breakers never open");
  }

  ResponsesDouble model;
  std::unique_ptr<Product> product;
};

}  // namespace

TEST_CASE("GuardsTest.OutageOpensTheBreakersAndAProbeClosesThem") {
  Guarded guarded;
  guarded.down();
  guarded.until_open();
  CHECK(guarded.model.count() <= 24);  // 10 failures for each target, and what a turn has begun
  for (const auto& target : guarded.product->guards().targets) CHECK(target.state == "open");

  guarded.up();
  const int before = guarded.model.count();
  CHECK_FALSE(guarded.ask("session-early"));
  CHECK(guarded.model.count() == before);

  guarded.product->clock().advance(301s);
  const auto reply = guarded.ask("session-later");

  REQUIRE(reply);
  CHECK(reply->target == "openai_responses/gpt-4.1");
  CHECK(guarded.model.count() == before + 1);
  CHECK(guarded.product->guards().targets[0].state == "closed");
}

TEST_CASE("GuardsTest.NobodyLeftTellsWhenToComeBackAndTheRepeatIsAnswered") {
  Guarded guarded;
  guarded.down();
  guarded.until_open();
  guarded.up();

  const auto refused = guarded.ask("session-kept", "When is training?", "message-1");

  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kUnavailable);
  const auto wait = nlohmann::json::parse(refused.error().detail).at("retry_after_s").get<double>();
  CHECK(wait > 200.0);
  CHECK(wait <= 300.0);

  guarded.product->clock().advance(301s);
  const auto reply = guarded.ask("session-kept", "When is training?", "message-1");
  REQUIRE(reply);
  CHECK_FALSE(reply->target.empty());
}

TEST_CASE("GuardsTest.InAFlowTheUnderstudyAnswersMeanwhile") {
  Guarded guarded;
  guarded.down();
  guarded.until_open();
  const int before = guarded.model.count();

  REQUIRE(guarded.ask("session-flow", "200-lions-u9-2526"));
  const auto reply = guarded.ask("session-flow", "Helen Barlow");

  REQUIRE(reply);
  CHECK(reply->target == "understudy");
  CHECK(reply->routine_number == 2);
  CHECK(guarded.model.count() == before);
}

TEST_CASE("GuardsTest.ASoonReturnIsWaitedFor") {
  ProductOptions options;
  options.resilience.breaker.open_for = 3.0;
  Guarded guarded(options);
  guarded.down();
  for (int turn = 0; turn < 8; ++turn) (void)guarded.ask("session-down-" + std::to_string(turn));
  guarded.up();

  const auto reply = guarded.ask("session-soon");

  REQUIRE(reply);
  CHECK_FALSE(reply->target.empty());
}

TEST_CASE("GuardsTest.EqualQuestionsAreAnsweredFromMemoryWhereTheAgentAllowsIt") {
  for (const bool cache : {false, true}) {
    CAPTURE(cache);
    ProductOptions options;
    options.cache = cache;
    Guarded guarded(options);

    const auto first = guarded.ask("session-one", "When is training?");
    const auto second = guarded.ask("session-two", "When is training?");
    const auto other = guarded.ask("session-three", "Where is training?");

    REQUIRE(first);
    REQUIRE(second);
    REQUIRE(other);
    CHECK(first->response == second->response);
    CHECK(second->target == "openai_responses/gpt-4.1");
    CHECK(guarded.model.count() == (cache ? 2 : 3));
    CHECK(guarded.product->guards().cache.hits == (cache ? 1U : 0U));
  }
}

TEST_CASE("GuardsTest.AFailingProcessDoesNotMultiplyItsLoad") {
  ProductOptions options;
  options.resilience.retry_budget = {6.0, 0.1};
  options.resilience.breaker.enabled = false;
  Guarded guarded(options);
  guarded.down();

  for (int turn = 0; turn < 10; ++turn) (void)guarded.ask("session-load-" + std::to_string(turn));

  CHECK(guarded.model.count() <= 13);  // one for each turn once the budget is half gone
  CHECK(guarded.product->guards().retry_tokens == 0.0);
}

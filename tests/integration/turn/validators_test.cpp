// A model whose answers the validators of a registration doubt: asked again, or flagged, before the
// server judges the routine.
#include <catch2/catch.hpp>

#include <deque>
#include <mutex>

#include "product.hpp"
#include "support/http_double.hpp"

namespace {

using namespace dugout::test;
using nlohmann::json;

json answer(const std::string& message, const json& routine,
            const json& collected = json::array()) {
  return {{"agent_final_response", message},
          {"routine_number", routine},
          {"metadata", {{"collected", collected}}}};
}

// A model that says these texts one after the other, the last for ever.
struct Scripted {
  explicit Scripted(std::deque<std::string> script)
      : texts(std::move(script)), server([this](const DoubleRequest& request) {
          const std::lock_guard lock(mutex);
          asked.push_back(request.body);
          const auto body = answer_body(texts.front()).dump();
          if (texts.size() > 1) texts.pop_front();
          return DoubleReply::json(200, body);
        }) {
    ProductOptions options;
    options.base_url = server.url("/v1");
    product = std::make_unique<Product>(options);
    REQUIRE(product->at("200-lions-u9-2526") == 1);
  }

  std::mutex mutex;  // guards the two below
  std::deque<std::string> texts;
  std::vector<std::string> asked;
  HttpDouble server;
  std::unique_ptr<Product> product;
};

const json kName{{{"field", "parent_full_name"}, {"value", "Helen Barlow"}}};

}  // namespace

TEST_CASE("ValidatorsTest.AnAmountThatIsNotTheServersIsAskedForAgainOnce") {
  Scripted model({answer("Thank you! It is £20 a month, all right?", 1).dump(),
                  answer("Thank you! It is £27.50 a month, all right?", 1).dump()});

  const auto reply = model.product->say("what does it cost?");

  REQUIRE(reply);
  CHECK(reply->response.find("27.50") != std::string::npos);
  REQUIRE(model.asked.size() == 2);
  CHECK(model.asked[0].find("not one of the fixed ones") == std::string::npos);
  CHECK(model.asked[1].find("not one of the fixed ones: 27.50 45.00.") != std::string::npos);
  CHECK(model.asked[1].find("£20") == std::string::npos);
}

TEST_CASE("ValidatorsTest.WhoeverStaysWrongIsReplacedByTheUnderstudyAfterOneMoreTry") {
  Scripted model({answer("Thank you! Your payment has been received.", 1).dump()});

  const auto reply = model.product->say("have I paid?");

  REQUIRE(reply);
  CHECK(reply->target == "understudy");
  CHECK(reply->response.find("received") == std::string::npos);
  CHECK(model.asked.size() == 2);
}

TEST_CASE("ValidatorsTest.ProseInPlaceOfTheAgreedFormIsAskedForAgain") {
  Scripted model(
      {"What would you like to know?", answer("What would you like to know?", 1).dump()});

  const auto reply = model.product->say("I have a question");

  REQUIRE(reply);
  CHECK(reply->response == "What would you like to know?");
  REQUIRE(model.asked.size() == 2);
  CHECK(model.asked[1].find("it held no JSON") != std::string::npos);
}

TEST_CASE("ValidatorsTest.AWrongRoutineIsLeftToTheJudgeWhoKnowsTheRightOne") {
  Scripted model({answer("Thank you, Helen. What is next?", 12, kName).dump(),
                  answer("Thank you, Helen. Who plays?", 2, kName).dump()});

  CHECK(model.product->at("Helen Barlow") == 2);

  REQUIRE(model.asked.size() == 2);
  CHECK(model.asked[1].find("Answer again with routine_number 2") != std::string::npos);
}

// A registration against a model with function calls, and with everything that goes wrong at a
// provider: it completes, and the provider gets as many requests as the class table says.
#include <catch2/catch.hpp>

#include "product.hpp"

namespace {

using namespace dugout::test;

// A model that plays by the rules: it names the routine that the conversation file expects.
struct Played {
  explicit Played(ProductOptions options = {})
      : model([this](const nlohmann::json&) { return std::optional<int>(expected); }) {
    options.base_url = model.base_url();
    product = std::make_unique<Product>(options);
  }

  int take(const SaidLine& line) {
    expected = line.routine;
    const auto reply =
        line.photo.empty() ? product->say(line.say) : product->send_photo(line.photo);
    REQUIRE(reply);
    target = reply->target;
    return reply->routine_number.value_or(0);
  }

  std::atomic<int> expected{0};
  ResponsesDouble model;
  std::unique_ptr<Product> product;
  std::string target;
};

struct Row {
  const char* name;
  Fault fault;
  int times;
  int requests;  // of the turn that is hit
  const char* answered_by;
};

// The turn that is hit is the parent's mobile number (routine 8): no tools, one request when all is
// well.
const Row kRows[] = {
    {"rate limit with retry-after", Fault::kRateLimit, 1, 2, "openai_responses/gpt-4.1"},
    {"500 once", Fault::kServerError500, 1, 2, "openai_responses/gpt-4.1"},
    {"500 for ever", Fault::kServerError500, 99, 4, "understudy"},
    {"overloaded once", Fault::kOverloaded503, 1, 2, "openai_responses/gpt-4o-mini"},
    {"time-out once", Fault::kTimeout, 1, 2, "openai_responses/gpt-4.1"},
    {"reset in the body", Fault::kResetMidBody, 1, 2, "openai_responses/gpt-4.1"},
    {"text cut off", Fault::kTruncatedJson, 1, 2, "openai_responses/gpt-4.1"},
    {"prose around the JSON", Fault::kProse, 1, 1, "openai_responses/gpt-4.1"},
    {"a fence around the JSON", Fault::kFence, 1, 1, "openai_responses/gpt-4.1"},
    {"field missing", Fault::kMissingField, 1, 2, "openai_responses/gpt-4.1"},
    {"wrong routine once", Fault::kWrongRoutine, 1, 2, "openai_responses/gpt-4.1"},
    {"wrong routine for ever", Fault::kWrongRoutine, 99, 2, "understudy"},
    {"refusal once", Fault::kRefusal, 1, 2, "openai_responses/gpt-4o-mini"},
    {"refusal for ever", Fault::kRefusal, 99, 2, "understudy"},
    {"context too long once", Fault::kContextLength, 1, 2, "openai_responses/gpt-4.1"},
    {"quota used up once", Fault::kInsufficientQuota, 1, 2, "openai_responses/gpt-4o-mini"},
    {"quota used up everywhere", Fault::kInsufficientQuota, 99, 2, "understudy"},
    {"HTML instead of JSON", Fault::kHtml, 1, 2, "openai_responses/gpt-4.1"},
    {"204 without a body", Fault::kEmpty204, 1, 2, "openai_responses/gpt-4.1"},
    {"wrong content type", Fault::kWrongContentType, 1, 2, "openai_responses/gpt-4.1"},
    {"50 MB", Fault::kHuge50MB, 1, 2, "openai_responses/gpt-4.1"},
};

}  // namespace

TEST_CASE("ProviderFaultsTest.EachFaultCostsWhatTheClassTableSaysAndTheRegistrationGoesOn") {
  const Standing before(8);
  for (const auto& row : kRows) {
    INFO(row.name);
    Played played(before.copy());

    played.model.fail_next(row.fault, row.times);
    const int at = played.take({"07700900123", "", 9});

    CHECK(at == 9);
    CHECK(played.model.count() == row.requests);
    CHECK(played.target == row.answered_by);
    CHECK(played.product->record("parent_telephone") == "07700900123");
  }
}

TEST_CASE("ProviderFaultsTest.AModelWithFunctionCallsCompletesEveryRun") {
  for (const auto* run : {"run_a.yaml", "run_b.yaml", "run_c.yaml", "run_d.yaml"}) {
    INFO(run);
    Played played;
    for (const auto& line : conversation(run)) {
      INFO(line.say);
      CHECK(played.take(line) == line.routine);
    }
    CHECK(played.product->rows("registrations").size() == 1);
    CHECK(played.product->rows("payment_requests").size() == 1);
    CHECK(played.model.tool_calls() > 0);
  }
}

TEST_CASE("ProviderFaultsTest.TheWholeRegistrationSurvivesEveryFaultInEveryTurn") {
  // Every request of the run fails the same way: the understudy carries it.
  for (const auto fault :
       {Fault::kServerError500, Fault::kRefusal, Fault::kWrongRoutine, Fault::kTruncatedJson}) {
    Played played;
    played.model.fail_next(fault, 100'000);
    for (const auto& line : conversation("run_a.yaml")) {
      INFO(line.say);
      CHECK(played.take(line) == line.routine);
    }
    CHECK(played.product->rows("registrations").size() == 1);
    CHECK(played.product->rows("payment_requests").size() == 1);
  }
}

TEST_CASE("ProviderFaultsTest.WaitsAreOneTwoFourThenTheUnderstudySpeaks") {
  Played played;
  played.expected = 1;
  REQUIRE(played.product->at("200-lions-u9-2526") == 1);
  const auto before = played.product->clock().sleeps().size();

  played.model.fail_next(Fault::kServerError500, 99);
  REQUIRE(played.product->at("Helen Barlow") == 2);

  const auto sleeps = played.product->clock().sleeps();
  CHECK(std::vector<double>(sleeps.begin() + static_cast<long>(before), sleeps.end()) ==
        std::vector<double>{1, 2, 4});
}

TEST_CASE("ProviderFaultsTest.ASecretReachesNoLog") {
  Played played;
  for (const auto& line : conversation("run_a.yaml")) played.take(line);

  for (const auto& line : played.product->log_lines()) {
    INFO(line);
    for (const auto* secret : {"test-key", "Barlow", "07700900123", "helen.barlow", "14-05-2017"}) {
      CHECK(line.find(secret) == std::string::npos);
    }
  }
}

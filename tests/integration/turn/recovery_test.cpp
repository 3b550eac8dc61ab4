// What recovery changes in the requests that reach a provider: the key, the output limit, the note.
#include <catch2/catch.hpp>

#include "product.hpp"

namespace {

using namespace dugout::test;
using Keys = std::vector<std::string>;

// The first message with a registration code is answered without a model, the next one by it.
struct Asked {
  explicit Asked(Keys more_keys = {}) : model([](const nlohmann::json&) { return 2; }) {
    ProductOptions options;
    options.base_url = model.base_url();
    options.more_keys = std::move(more_keys);
    product = std::make_unique<Product>(options);
    REQUIRE(product->say("200-lions-u9-2526"));
    before = model.count();
  }

  // The keys of the requests since then.
  Keys keys() {
    Keys out;
    const auto all = model.server().requests();
    for (std::size_t at = static_cast<std::size_t>(before); at < all.size(); ++at) {
      out.push_back(all[at].headers.at("authorization"));
    }
    return out;
  }
  nlohmann::json request(std::size_t at) const {
    return model.requests().at(static_cast<std::size_t>(before) + at);
  }

  ResponsesDouble model;
  std::unique_ptr<Product> product;
  int before = 0;
};

}  // namespace

TEST_CASE("RecoveryTurnTest.AKeyThatIsUsedUpIsLeftByEverybody") {
  Asked asked({"second-key", "third-key"});
  asked.model.fail_next(Fault::kInsufficientQuota, 2);

  const auto first = asked.product->say("Jane Example");
  asked.product->session = "session-of-another";
  REQUIRE(asked.product->say("Hello, what does it cost?"));

  REQUIRE(first);
  CHECK(first->target == "openai_responses/gpt-4.1");
  CHECK(asked.keys() ==
        Keys{"Bearer test-key", "Bearer second-key", "Bearer third-key", "Bearer third-key"});
  for (const auto& line : asked.product->log_lines()) {
    CHECK(line.find("-key") == std::string::npos);
  }
}

TEST_CASE("RecoveryTurnTest.WithoutAnotherKeyTheNextModelIsAsked") {
  Asked asked;
  asked.model.fail_next(Fault::kInsufficientQuota);

  const auto reply = asked.product->say("Jane Example");

  REQUIRE(reply);
  CHECK(reply->target == "openai_responses/gpt-4o-mini");
}

TEST_CASE("RecoveryTurnTest.AnAnswerThatWasCutOffGetsMoreRoom") {
  Asked asked;
  asked.model.fail_next(Fault::kIncomplete);

  const auto reply = asked.product->say("Jane Example");

  REQUIRE(reply);
  CHECK(reply->target == "openai_responses/gpt-4.1");
  CHECK_FALSE(asked.request(0).contains("max_output_tokens"));
  CHECK(asked.request(1)["max_output_tokens"] == 8192);
}

TEST_CASE("RecoveryTurnTest.ABrokenAnswerIsAskedForAgainAtOnceWithItsError") {
  Asked asked;
  asked.model.fail_next(Fault::kMissingField);

  const auto reply = asked.product->say("Jane Example");

  REQUIRE(reply);
  CHECK(reply->target == "openai_responses/gpt-4.1");
  CHECK(asked.product->clock().sleeps().empty());
  CHECK(asked.request(1).dump().find("agreed form") != std::string::npos);
}

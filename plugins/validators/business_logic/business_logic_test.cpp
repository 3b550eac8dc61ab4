// What contradicts the server, through the boundary.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace business_logic_test {

using dugout::test::PluginUnderTest;
using nlohmann::json;

namespace {

const json kPinned{{"amounts", {"45.00", 27.5, "1200"}},
                   {"facts", {{"paid", false}, {"registered", false}}}};

json verdict(const std::string& message, const json& context = kPinned,
             const json& config = json::object()) {
  PluginUnderTest plugin("validator.business_logic", config);
  const auto given = plugin.validate({{"agent_final_response", message}}, context);
  INFO(given.text);
  REQUIRE(given.done());
  return given.json();
}

bool silent(const std::string& message, const json& context = kPinned) {
  PluginUnderTest plugin("validator.business_logic");
  return plugin.validate({{"agent_final_response", message}}, context).status ==
         DUGOUT_E_NOT_APPLICABLE;
}

}  // namespace

TEST_CASE("BusinessLogicTest.PinnedAmountsMayBeNamedInEveryWriting") {
  for (const auto* text :
       {"That is £45.", "It costs £45.00 and £27.50 a month.", "**£ 45** now?",
        "27.5 pounds a month", "GBP 45 in all", "It is £1,200.00.", "£27.50/month"}) {
    INFO(text);
    CHECK(verdict(text)["confidence"] == 0.9);
  }
}

TEST_CASE("BusinessLogicTest.ToSayNothingOfItIsNoProof") {
  CHECK(silent("Shirt 20, size 3: which one do you want?"));
  CHECK(silent(""));
  CHECK(verdict("Shirt 20 for £45?")["details"]["amounts"] == 1);
}

TEST_CASE("BusinessLogicTest.OtherAmountsContradict") {
  for (const auto* text : {"That is £20.", "£45 and £27.", "just 20 pounds", "£45.5", "£45.000",
                           "£4,500", "£99999999999999999999", "20 GBP", "**£0**"}) {
    INFO(text);
    const auto out = verdict(text);
    CHECK(out["confidence"] == 0.1);
    CHECK(out["details"]["amounts_not_pinned"] == 1);
    CHECK(out["problem"]["class"] == "business_rule");
    CHECK(out["problem"]["message"] ==
          "The answer names an amount of money that is not one of the fixed ones: 27.50 45.00 "
          "1200.00.");
  }
}

TEST_CASE("BusinessLogicTest.WhatHasNotHappenedMustNotBeClaimed") {
  const auto paid = verdict("Great! Your **payment has  been received**. What is next?");
  CHECK(paid["confidence"] == 0.1);
  CHECK(paid["details"]["false_claims"] == json{"paid"});
  CHECK(paid["problem"]["message"] == "No payment has been taken; do not say so.");

  CHECK(verdict("Alfie IS NOW REGISTERED!")["details"]["false_claims"] == json{"registered"});
}

TEST_CASE("BusinessLogicTest.ConditionsAndQuestionsClaimNothing") {
  for (const auto* text :
       {"Alfie's registration is complete but for the payment and the Direct Debit.",
        "You get an SMS when the payment has been received.",
        "Do you think your payment has been taken?", "Once you have paid, you get an SMS.",
        "Please pay the fee: Alfie is registered only then."}) {
    INFO(text);
    CHECK(silent(text));
  }
  // The condition of one sentence does not cover the next.
  CHECK(verdict("If you like, ask. Your payment was taken.")["confidence"] == 0.1);
  CHECK(verdict("Only £45.00 was due.\nYour payment was taken.")["confidence"] == 0.1);
}

TEST_CASE("BusinessLogicTest.WhatIsTrueOrNotKnownMayBeSaid") {
  CHECK(verdict("Your payment was taken.", {{"facts", {{"paid", true}}}})["confidence"] == 0.9);
  CHECK(silent("Your payment was taken.", {{"facts", {{"else", false}}}}));
  CHECK(silent("That is £20.", {{"facts", {{"paid", false}}}}));
}

TEST_CASE("BusinessLogicTest.BothFaultsAreToldAndNoneOfTheText") {
  const auto out = verdict("Barlow: your payment was taken. It was £20.");

  CHECK(out["problem"]["message"] ==
        "The answer names an amount of money that is not one of the fixed ones: 27.50 45.00 "
        "1200.00. No payment has been taken; do not say so.");
  CHECK(out.dump().find("Barlow") == std::string::npos);
}

TEST_CASE("BusinessLogicTest.WhereNothingIsPinnedThereIsNoOpinion") {
  PluginUnderTest plugin("validator.business_logic");
  const json answer{{"agent_final_response", "£20"}};

  CHECK(plugin.validate(answer, {{"agent", "x"}}).status == DUGOUT_E_NOT_APPLICABLE);
  CHECK(plugin.validate(answer, {{"amounts", json::array()}}).status == DUGOUT_E_NOT_APPLICABLE);
  CHECK(plugin.validate(answer, {{"amounts", {"cheap", -1}}}).status == DUGOUT_E_NOT_APPLICABLE);
  CHECK(plugin.validate(answer, {{"amounts", 5}, {"facts", 7}}).status == DUGOUT_E_INVALID);
}

TEST_CASE("BusinessLogicTest.WordsAndFiguresAreSettings") {
  const json config{
      {"currency_signs", {"€"}},
      {"currency_words", json::array()},
      {"claims", {{"lent", {{"phrases", {"The Book is yours"}}, {"correction", "It is not."}}}}},
      {"contradicts", 0.05}};
  const json context{{"amounts", {"5"}}, {"facts", {{"lent", false}, {"paid", false}}}};

  CHECK(verdict("That is £20, or €5; payment received.", context, config)["confidence"] == 0.9);
  CHECK(verdict("That is €20.", context, config)["confidence"] == 0.05);
  CHECK(verdict("the book is yours", context, config)["problem"]["message"] == "It is not.");
}

TEST_CASE("BusinessLogicTest.HostileTextEndsInTime") {
  std::string phrases, numbers, commas(500'000, ',');
  for (int i = 0; i < 40'000; ++i) phrases += "you have paid ", numbers += "£1,";
  for (const auto& text : {phrases, numbers, "£1" + commas, std::string(1'000'000, '9')}) {
    PluginUnderTest plugin("validator.business_logic");
    CHECK(plugin.validate({{"agent_final_response", text}}, kPinned).status != DUGOUT_E_INTERNAL);
  }
}

}  // namespace business_logic_test

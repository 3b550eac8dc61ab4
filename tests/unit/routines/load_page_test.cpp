// agents/page.yaml: defaults, and findings with their place.
#include "routines/colours.hpp"
#include "routines/page_texts.hpp"
#include "sandbox.hpp"

using dugout::test::Sandbox;
using namespace dugout::routines;

namespace {

constexpr auto kPage = "agents/page.yaml";

bool finds_in_page(const std::string& text, int line, int column, const std::string& words,
                   const Known& known = {}) {
  Sandbox box;
  box.write(kPage, text);
  return box.finds("page.yaml", line, column, words, known);
}

}  // namespace

TEST_CASE("LoadPageTest.WithoutTheFileThereAreDefaults") {
  Sandbox box;

  const auto page = box.load().page;

  CHECK(box.findings.empty());
  CHECK(page.texts.at("club") == "Example Library");
  CHECK(page.texts.at("send") == "Send");
  CHECK(page.status.at("thinking") == default_status().at("thinking"));
  CHECK(page.colours.size() == 8);
}

TEST_CASE("LoadPageTest.OwnWordsAndColoursReplaceThem") {
  Sandbox box;
  Known known;
  known.tools.push_back({"card_print", {}, {}, "", false});

  box.write(kPage,
            "colours: {main: \"#AA0000\"}\ntexts: {title: \"Cards of {club.name}\"}\n"
            "status: {thinking: Hm, card_print: Printing}\n");
  const auto page = box.load(known).page;

  for (const auto& finding : box.findings) UNSCOPED_INFO(finding.text());
  CHECK(box.findings.empty());
  CHECK(page.colours.at("main") == "#aa0000");
  CHECK(page.colours.at("on_main") == "#ffffff");
  CHECK(page.texts.at("title") == "Cards of Example Library");
  CHECK(page.status.at("card_print") == "Printing");
  CHECK(page.status.at("waiting") == default_status().at("waiting"));
}

TEST_CASE("LoadPageTest.MistakesAreNamedWithTheirPlace") {
  CHECK(finds_in_page("colors: {}\n", 1, 1, "did you mean \"colours\"?"));
  CHECK(finds_in_page("colours: {main: blue}\n", 1, 17, "a colour such as \"#12408f\""));
  CHECK(finds_in_page("colours: {main: \"#12408\"}\n", 1, 17, "a colour such as"));
  CHECK(finds_in_page("texts: {titel: x}\n", 1, 9, "did you mean \"title\"?"));
  CHECK(finds_in_page("texts: {title: \"<b>Cards</b>\"}\n", 1, 16, "a text of the page is plain"));
  CHECK(finds_in_page("texts: {title: " + std::string(601, 'x') + "}\n", 1, 16,
                      "at most 600 characters"));
  CHECK(finds_in_page("status: {thinking: [a]}\n", 1, 20, "must be a text"));
  Known known;
  known.tools.push_back({"card_print", {}, {}, "", false});
  CHECK(finds_in_page("status: {card_prin: x}\n", 1, 10, "did you mean card_print?", known));
}

TEST_CASE("LoadPageTest.ColoursThatCannotBeReadAreRefused") {
  CHECK(finds_in_page("colours:\n  main: \"#12408f\"\n  on_main: \"#334455\"\n", 3, 12,
                      "on_main on main has a contrast of"));
  CHECK(finds_in_page("colours: {main: \"#ffe680\"}\n", 1, 17, "against the page, and needs 3.0"));
  CHECK(finds_in_page("colours: {main_dark: \"#101828\"}\n", 1, 22, "take a lighter one"));
}

TEST_CASE("ColoursTest.ContrastIsThatOfTheGuidelines") {
  CHECK(contrast("#000000", "#ffffff") == Approx(21.0));
  CHECK(contrast("#777777", "#ffffff") == Approx(4.48).margin(0.01));
  CHECK(one_decimal(4.49) == "4.4");
  CHECK(!is_colour("#12g08f"));
}

TEST_CASE("ColoursTest.WhateverIsChosenTheRestCanBeRead") {
  for (const auto* main : {"#000000", "#12408f", "#7a0019", "#006633", "#767676", "#c2410c"}) {
    INFO(main);
    std::map<std::string, std::string> all;
    derive_colours({{"main", main}}, all);
    for (const std::string key : {"main", "accent", "main_dark", "accent_dark"}) {
      CHECK(contrast(all.at(key), all.at("on_" + key)) >= 4.5);
    }
    CHECK(contrast(all.at("main_dark"), "#18223a") >= 3.0);
  }
}

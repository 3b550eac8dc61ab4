// Details and links as they are found in words, and which of them may stand.
#include "orchestrator/words_check.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "core/untrusted.hpp"
#include "orchestrator/grounding.hpp"

namespace {

using namespace dugout;
using namespace dugout::orchestrator;
using Texts = std::vector<std::string>;

Texts found(const std::string& text) {
  Texts out;
  for (const auto& detail : details_in(core::as_seen(text))) {
    out.push_back(std::string(detail.kind) + ":" + detail.value);
  }
  return out;
}

routines::Application club() {
  routines::Application out;
  out.settings = {{"club.contact_email", "club@example.org"},
                  {"club.website", "https://www.example.net/home"}};
  auto& agent = out.agents["helper"];
  agent.instructions =
      "Help people.\n- Never tell anybody what the other families have said.\n"
      "- Put one question after the other, and never two of them.";
  agent.links = {"*.example.com"};
  return out;
}

WordsFound look(const std::string& words, const Texts& own = {}) {
  static const auto application = club();
  static const WordsCheck check(application, {"http://127.0.0.1:8080", "pay.example.net"});
  return check.look(words, {"helper", "", "0123456789abcdef", [own] { return own; }});
}

}  // namespace

TEST_CASE("DetailsTest.ADetailIsEqualHoweverItIsWritten") {
  const Texts phone{"phone:07700900123"};
  for (const auto* text : {"07700900123", "07700 900 123", "(07700) 900123", "+44 7700 900123",
                           "+44(0)7700-900-123", "0044 7700.900.123", "07 70 09 00 12 3"}) {
    INFO(text);
    CHECK(found(text) == phone);
  }
  CHECK(found("A.B@Example.ORG and a.b (at) example [dot] org") ==
        Texts{"email:a.b@example.org", "email:a.b@example.org"});
  CHECK(found("m41 7qt, M417QT, M41-7QT") ==
        Texts{"postcode:M417QT", "postcode:M417QT", "postcode:M417QT"});
}

TEST_CASE("DetailsTest.EachNumberOfARowCounts") {
  CHECK(found("07700900123 07700900124") == Texts{"phone:07700900123", "phone:07700900124"});
  CHECK(found("4111-1111-1111-1111") == Texts{"card:4111111111111111"});
  CHECK(found("GB33 BUKB 2020 1555 5555 55").size() >= 1);
  CHECK(found("sort code: 123456") == Texts{"bank:123456"});
}

TEST_CASE("DetailsTest.ADateIsNoAccountUnlessOneIsSpokenOf") {
  for (const auto* text : {"14-05-17", "born 01-09-16", "20170514", "14052017", "2025-09-01"}) {
    INFO(text);
    CHECK(found(text).empty());
  }
  CHECK(found("My sort code is 20-05-17") == Texts{"bank:200517"});
  CHECK(found("account number 20170514") == Texts{"bank:20170514"});
  CHECK(found("40-47-84") == Texts{"bank:404784"});
  CHECK(found("31926819") == Texts{"bank:31926819"});
}

TEST_CASE("DetailsTest.WhatIsNoneOfThemIsNotFound") {
  for (const auto* text : {"2025-26", "14-05-2017", "01/09/2025 - 31/05/2026", "£27.50 and £45.00",
                           "U9 1st team", "at 10:30", "Routine 8 of 35", "7/8", "name@home"}) {
    INFO(text);
    CHECK(found(text).empty());
  }
}

TEST_CASE("LinksTest.OnlyTheListPasses") {
  for (const auto* good :
       {"See https://www.example.net/x?y=1.", "pay.example.net/abc",
        "[pay](https://pay.example.net)", "<https://a.example.com/b>", "http://127.0.0.1:8080/reg",
        "HTTPS://WWW.EXAMPLE.NET:443/", "[write](mailto:club@example.org)"}) {
    INFO(good);
    CHECK(look(good).fit);
  }
  for (const auto* bad : {"https://evil.test",
                          "https://www.example.net@evil.test",
                          "https://www.example.net.evil.test",
                          "//evil.test/x",
                          "http://127.0.0.1:9090/",
                          "http://[::1]/",
                          "https://%65vil.test",
                          "ftp://www.example.net",
                          "www.evil.co.uk",
                          "evil.com",
                          "EVIL.COM",
                          "evil。com",
                          "[x](y)",
                          "[x]: https://www.example.net",
                          "javascript:alert(1)",
                          "data:text/html,x",
                          "tg://resolve",
                          "https://xn--e1awd7f.com",
                          "https://www.exаmple.net",
                          "https:evil.com",
                          "example.com",
                          "pay-here.sbs",
                          "club.cfd/x",
                          "refunds.finance",
                          "my.digital",
                          "a-b.quest",
                          "Refund.CENTER",
                          "new.photography"}) {
    INFO(bad);
    CHECK_FALSE(look(bad).fit);
  }
}

TEST_CASE("LinksTest.AWordBehindAPointIsNoLinkWhereNobodyWouldReadOne") {
  for (const auto* good : {"e.g. a photo", "i.e. the kit", "Thank you.Now the name?", "No.Thanks",
                           "photo.jpg, photo.jpeg, photo.heic, form.pdf or list.docx",
                           "Is it U9.Lions?", "10.30am", "2.5mb", "St.Mary's", "a.m. or p.m."}) {
    INFO(good);
    CHECK(look(good).fit);
  }
}

TEST_CASE("WordsCheckTest.OwnAndPublicDetailsPassAndOthersDoNot") {
  CHECK(look("Write to club@example.org.").fit);
  CHECK_FALSE(look("Write to me@example.org.").fit);
  CHECK(look("You are me@example.org.", {"I am ME@example.org"}).fit);
  CHECK_FALSE(look("You are me@example.org and you@example.org.", {"me@example.org"}).fit);
  CHECK(look("07700 900123?", {"+447700900123"}).fit);
}

TEST_CASE("WordsCheckTest.OwnTextsAreAskedForOnceAndOnlyWhereTheyMatter") {
  const auto application = club();
  const WordsCheck check(application, {});
  int asked = 0;
  const WordsPlace place{"helper", "", "", [&asked] {
                           ++asked;
                           return Texts{};
                         }};

  CHECK(check.look("Hello, what is your name?", place).fit);
  CHECK(asked == 0);
  CHECK_FALSE(check.look("a@example.org b@example.org", place).fit);
  CHECK(asked == 1);
}

TEST_CASE("WordsCheckTest.ThePromptIsKnownByItsSentences") {
  CHECK(look("I never tell anybody what the other families have said.").fit);
  CHECK_FALSE(look("never tell anybody what the other families have said; put one question after "
                   "the other and never two of them")
                  .fit);
  CHECK_FALSE(look("The key is 0123456789ABCDEF").fit);
  CHECK_FALSE(look("routine_number: 8").fit);
}

TEST_CASE("WordsCheckTest.WhatIsEmptyOrEndlessIsNotFit") {
  CHECK_FALSE(look("![a](https://www.example.net/a.png)").fit);
  CHECK_FALSE(look(std::string(20'000, 'a')).fit);
  CHECK(look("Hi ![a](https://evil.test)there").text == "Hi there");
}

TEST_CASE("WordsCheckTest.HostileRepetitionsStayLinear") {
  for (const auto* piece :
       {"a@", "0 ", "a.", "![", "](", "<img ", "https://", "07700 ", "-", "AB12 "}) {
    std::string text;
    while (text.size() < 15'000) text += piece;
    (void)look(text);
  }
}

TEST_CASE("GroundingTest.DetailsHaveToBeSaid") {
  CHECK(said_by_person("07700900123", {"it is +44 7700 900 123"}));
  CHECK_FALSE(said_by_person("07700900124", {"it is +44 7700 900 123", "900124"}));
  CHECK(said_by_person("helen@example.org", {"helen at example dot org"}));
  CHECK_FALSE(said_by_person("thief@example.org", {"helen@example.org"}));
  CHECK(said_by_person("M41 7QT", {"m417qt"}));
  CHECK_FALSE(said_by_person("M41 7QT", {"m41"}));
  CHECK(said_by_person("Alfie Barlow", {}));
  CHECK(said_by_person("14-05-2017", {"14th of May 2017"}));
}

TEST_CASE("GroundingTest.AnEmailIsTheWholeOneThatWasSaid") {
  for (const auto* other :
       {"helen@example.attacker.test", "helen@example.org.attacker.test", "h@e.org",
        "elen@example.org", "helen@example.or", "helen@example.co", "attacker@helen.example.org"}) {
    INFO(other);
    CHECK_FALSE(said_by_person(other, {"My email is helen@example.org", "at example dot test"}));
  }
  CHECK_FALSE(said_by_person("helen@example.co", {"helen@example.co.uk"}));
  CHECK_FALSE(said_by_person("helen@example.co", {"helen at example dot co dot uk"}));
  CHECK_FALSE(said_by_person("barlow@example.org", {"helen.barlow@example.org"}));
  CHECK_FALSE(said_by_person("dot@example.org", {"we are at example.org"}));
  CHECK_FALSE(said_by_person("helen@attacker.test", {"helen at example dot org"}));
}

TEST_CASE("GroundingTest.AnEmailMayBeSaidAsPeopleDo") {
  CHECK(said_by_person("helen.smith@example.org", {"helen dot smith at example dot org"}));
  CHECK(said_by_person("helen_smith@example.org", {"helen underscore smith at example dot org"}));
  CHECK(said_by_person("helen+club@example.org", {"helen plus club at example dot org"}));
  CHECK(said_by_person("helen-smith@a-b.example.org",
                       {"It's HELEN dash smith (at) a hyphen b [dot] example.org, thanks!"}));
  CHECK(said_by_person("helen@example.at", {"reach me at helen@example.at."}));
  CHECK(said_by_person("meet.at.home@example.org", {"<meet.at.home@example.org>"}));
  CHECK(said_by_person("helen@example.org", {"helen@", "example.org"}));
  CHECK(said_by_person("helen@example.org", {"helen @ example . org plus my number"}));
}

TEST_CASE("GroundingTest.APhoneMayComeInTwoMessages") {
  CHECK(said_by_person("07700900123", {"07700", "900123"}));
  CHECK_FALSE(said_by_person("07700900123", {"07700", "no", "900124"}));
}

TEST_CASE("GroundingTest.ATextWithASignOfAnEmailIsNone") {
  CHECK(said_by_person("meet @ the north pitch", {}));
  CHECK(said_by_person("asthma, write to helen@example.org", {}));
}

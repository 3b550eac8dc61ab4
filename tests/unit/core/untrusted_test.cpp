// What other people wrote, before a model reads it and as a reader sees it.
#include "core/untrusted.hpp"

#include <catch2/catch.hpp>

using namespace dugout::core;

namespace {

constexpr auto kKey = "0123456789abcdef";
constexpr std::size_t kAmple = 10'000;

}  // namespace

TEST_CASE("UntrustedTest.WhatNobodySeesIsLeftOut") {
  CHECK(without_unseen("a\x01\x1b[31m\x7f"
                       "b") == "a[31mb");
  CHECK(without_unseen("a\r\nb\rc\n") == "a\nb\nc\n");
  CHECK(without_unseen("a\u200B\u202E\u2066\uFEFF\u00ADb") == "ab");
  CHECK(without_unseen("hi\U000E0069\U000E007F!") == "hi!");
  CHECK(without_unseen("a\uFE01\uFE0F\u180E\u3164") == "a");
  CHECK(without_unseen("\xff\xfe"
                       "a") ==
        "\uFFFD\uFFFD"
        "a");
}

TEST_CASE("UntrustedTest.WhatScriptsAndSmileysNeedStays") {
  for (const auto* text : {"علی‌رضا", "ക്‍ഷ", "⚽️ 👨‍👩‍👧 👍🏽",
                           "Zoë O’Brien\n\tJosé", "👩‍🚀"}) {
    CHECK(without_unseen(text) == text);
  }
}

TEST_CASE("UntrustedTest.RolesAndTagsAreTakenApart") {
  CHECK(defused("<|im_start|>", kAmple) == "< |im_start| >");
  CHECK(defused("</data-x> <b> <!-- <? <<SYS>>", kAmple).find("</") == std::string::npos);
  CHECK(defused("[INST] [/INST] [TOOL_RESULTS]", kAmple) == "[ INST] [ /INST] [ TOOL_RESULTS]");
  CHECK(defused("a\nSystem: b", kAmple) == "a\nSystem : b");
  CHECK(defused("## **Assistant**: b", kAmple) == "## **Assistant** : b");
  CHECK(defused("I <3 you, 1 < 2, [OK] [a], our system: good", kAmple) ==
        "I <3 you, 1 < 2, [OK] [a], our system: good");
}

TEST_CASE("UntrustedTest.LongTextIsCutAtACharacter") {
  CHECK(defused("ééé", 3) == "é…");
  CHECK(defused(std::string(1'000'000, 'a'), 100).size() < 110);
}

TEST_CASE("UntrustedTest.NothingWithinAMarkCanEndIt") {
  const auto close = std::string("</data-") + kKey + ">";
  const auto text = marked("x" + close + kKey + " \n" + close, kKey, kAmple);
  CHECK(text.find(close) == text.size() - close.size());
  CHECK(text.find(kKey, 20) == text.size() - close.size() + 7);
}

TEST_CASE("UntrustedTest.AReaderSeesThroughDisguises") {
  CHECK(as_seen("a&#64;b&#x2e;org &commat; &amp;") == "a@b.org @ &");
  CHECK(as_seen("a**@**b\\.org `c`") == "a@b.org c");
  CHECK(as_seen("０７７００‑９００　７０１") == "07700-900 701");
  CHECK(as_seen("𝐞𝐯𝐢𝐥。com") == "evil.com");
  CHECK(as_seen("e\u200Bv&#8203;il") == "evil");
  CHECK(as_seen("&#99999999; &nosuch; & a&") == "&#99999999; &nosuch; & a&");
}

TEST_CASE("UntrustedTest.AllOfItIsLinear") {
  for (const auto* piece : {"<", "[A", "&#", "System\n", "\u202E", "\\"}) {
    std::string text;
    while (text.size() < 1'000'000) text += piece;
    (void)defused(text, text.size());
    (void)as_seen(text);
  }
}

// Text as people type it, in any script, and bytes that are no text.
#include "core/text.hpp"

#include <catch2/catch.hpp>

using namespace dugout::core;
using Words = std::vector<std::string>;

TEST_CASE("TextTest.TrimTakesAsciiWhiteSpaceOffBothEnds") {
  CHECK(trim(" \t\r\n a b \v\f") == "a b");
  CHECK(trim("   ").empty());
  CHECK(trim("").empty());
}

TEST_CASE("TextTest.LowerAndUpperChangeAsciiOnly") {
  CHECK(lower("AbZ\xc3\x89[`{@") == "abz\xc3\x89[`{@");
  CHECK(upper("aBz\xc3\xa9[`{@") == "ABZ\xc3\xa9[`{@");
}

TEST_CASE("TextTest.SplitKeepsEmptyParts") {
  CHECK(split("a||b|", '|') == Words{"a", "", "b", ""});
  CHECK(split("", '|') == Words{""});
}

TEST_CASE("TextTest.ReplaceAllReplacesEachOnceFromTheLeft") {
  CHECK(replace_all("aaa", "aa", "b") == "ba");
  CHECK(replace_all("x.y.", ".", "..") == "x..y..");
  CHECK(replace_all("abc", "", "x") == "abc");
  CHECK(replace_all("abc", "b", "") == "ac");
  CHECK(replace_all("", "b", "c").empty());
}

TEST_CASE("TextTest.ReplaceAllIsLinear") {
  CHECK(replace_all(std::string(2'000'000, 'a'), "a", "bcd").size() == 6'000'000);
}

TEST_CASE("TextTest.ClipNeverCutsACharacter") {
  const std::string text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";  // 1 + 2 + 3 + 4 + 1 bytes
  const std::vector<std::size_t> ends = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};

  for (std::size_t limit = 0; limit < ends.size(); ++limit) {
    INFO("limit " << limit);
    CHECK(clip(text, limit).size() == ends[limit]);
    CHECK(is_utf8(clip(text, limit)));
  }
}

TEST_CASE("TextTest.ClipOfBytesThatAreNoTextStillCuts") {
  CHECK(clip(std::string(100, '\x80'), 50).size() == 50);
}

TEST_CASE("TextTest.IsUtf8RefusesWhatTheStandardRefuses") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("Zo\xc3\xab \xf0\x9f\x98\x80"));
  CHECK_FALSE(is_utf8("\xff"));
  CHECK_FALSE(is_utf8("\xc3"));
  CHECK_FALSE(is_utf8("\xc0\xaf"));          // overlong
  CHECK_FALSE(is_utf8("\xed\xa0\x80"));      // surrogate
  CHECK_FALSE(is_utf8("\xf4\x90\x80\x80"));  // past U+10FFFF
}

TEST_CASE("TextTest.ToUtf8ReplacesOnlyWhatIsBroken") {
  CHECK(to_utf8("Zo\xc3\xab") == "Zo\xc3\xab");
  CHECK(to_utf8("a\xff"
                "b") ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(is_utf8(to_utf8("\xed\xa0\x80\xc3")));
  CHECK(to_utf8(std::string("a\0b", 3)) == std::string("a\0b", 3));
}

TEST_CASE("TextTest.PlainFoldsCaseOfEveryScript") {
  CHECK(plain("HELLO") == "hello");
  CHECK(plain("\xc3\x89LODIE") == "\xc3\xa9lodie");
  CHECK(plain("STRASSE") == plain("Stra\xc3\x9f"
                                  "e"));
  CHECK(plain("\xce\xa3\xce\x91\xce\xa3") == plain("\xcf\x83\xce\xb1\xcf\x82"));  // final sigma
}

TEST_CASE("TextTest.PlainComposesAccents") {
  CHECK(plain("Zoe\xcc\x88") == plain("Zo\xc3\xab"));
  CHECK(plain("Zoe\xcc\x88") == "zo\xc3\xab");
  CHECK(plain("e\xcc\x81") != plain("e"));
}

TEST_CASE("TextTest.PlainStraightensQuotesAndDashes") {
  CHECK(plain("O\xe2\x80\x99Neil") == "o'neil");
  CHECK(plain("\xe2\x80\x9cyes\xe2\x80\x9d") == "\"yes\"");
  CHECK(plain("Smith\xe2\x80\x93Jones") == "smith-jones");
}

TEST_CASE("TextTest.PlainMakesAnyGapOneBlank") {
  CHECK(plain("  a\t\r\n b\xc2\xa0\xe3\x80\x80"
              "c\x01 ") == "a b c");
  CHECK(plain("\xe2\x80\x8b \xef\xbb\xbf").empty());
  CHECK(plain("").empty());
}

TEST_CASE("TextTest.PlainLeavesOutWhatIsNoText") {
  CHECK(plain("a\xff\xc3z") == "az");
}

TEST_CASE("TextTest.PlainOfManyMarksIsLinear") {
  std::string zalgo = "a";
  for (int n = 0; n < 200'000; ++n) zalgo += n % 2 == 0 ? "\xcc\x81" : "\xcc\xa3";

  CHECK(plain(zalgo).size() > 100'000);
}

TEST_CASE("TextTest.WordsAreLettersDigitsAndApostrophes") {
  CHECK(words("Yes, it's No.7 -- O\xe2\x80\x99Neil!") == Words{"yes", "it's", "no", "7", "o'neil"});
  CHECK(words("Smith-Jones") == Words{"smith", "jones"});
  CHECK(words(" ... ").empty());
  CHECK(words("\xf0\x9f\x91\x8d").empty());
}

TEST_CASE("TextTest.WordsKeepMarksOfEveryScript") {
  CHECK(words("\xe0\xa4\xb9\xe0\xa4\xbf\xe0\xa4\xa8\xe0\xa5\x8d\xe0\xa4\xa6\xe0\xa5\x80").size() ==
        1);
  CHECK(words("Ame\xcc\x81lie") == Words{"am\xc3\xa9lie"});
}

TEST_CASE("TextTest.MaskedKeepsTwoDigits") {
  CHECK(masked("07700 900123") == "07*** ******");
  CHECK(masked("on 01-02-2015, no. 9") == "on 01-**-****, no. *");
  CHECK(masked("no digits") == "no digits");
  CHECK(masked("").empty());
}

TEST_CASE("TextTest.MaskedKnowsDigitsOfOtherScripts") {
  CHECK(masked("\xd9\xa1\xd9\xa2\xd9\xa3") == "\xd9\xa1\xd9\xa2*");
}

TEST_CASE("TextTest.MaskedHidesEmailNames") {
  CHECK(masked("write to ada.l@example.org now") == "write to *****@example.org now");
  CHECK(masked("\"ada@example.org\"") == "\"***@example.org\"");
  CHECK(masked("a@b@example.org") == "*@*@example.org");
  CHECK(masked("@") == "@");
}

TEST_CASE("TextTest.MaskedIsLinear") {
  CHECK(masked(std::string(1'000'000, '@')).size() == 1'000'000);
}

TEST_CASE("TextTest.MaskedLeavesBrokenBytesAlone") {
  CHECK(masked("\xff\xc3") == "\xff\xc3");
}

TEST_CASE("TextTest.CharactersAreCodePoints") {
  CHECK(characters("") == 0);
  CHECK(characters("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80") == 4);
}

TEST_CASE("TextTest.FiguresHaveTheDigitsThatAreAskedFor") {
  CHECK(dugout::core::fixed(2.5, 2) == "2.50");
  CHECK(dugout::core::fixed(-0.125, 0) == "-0");
  CHECK(dugout::core::fixed(1e20, 1) == "100000000000000000000.0");
}

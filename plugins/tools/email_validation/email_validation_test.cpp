// email_validation through the plugin boundary: facts 2.3 (9, 24), 9.2, and worse.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace email_validation_test {

namespace {

using dugout::test::PluginUnderTest;

std::string email(const std::string& text) {
  PluginUnderTest plugin("tool.email_validation");
  const auto answer = plugin.run({{"email", text}});
  if (!answer["ok"]) return "refused: " + answer["error"]["code"].get<std::string>();
  return answer["data"]["value"];
}

}  // namespace

TEST_CASE("EmailTest.AddressIsFoundAndLowerCased") {
  CHECK(email("Helen.Barlow@Example.org") == "helen.barlow@example.org");
  CHECK(email("it's Helen.Barlow@Example.org thanks") == "helen.barlow@example.org");
  CHECK(email("  helen@example.org.  ") == "helen@example.org");
  CHECK(email("email:helen@example.org!") == "helen@example.org");
  CHECK(email("Helen Barlow <helen@example.org>") == "helen@example.org");
  CHECK(email("“helen@example.org”") == "helen@example.org");
  CHECK(email("-helen@example.org/") == "helen@example.org");
  CHECK(email("helen @ example.org") == "helen@example.org");
  CHECK(email("helen@example.org, yes helen@EXAMPLE.org") == "helen@example.org");
}

TEST_CASE("EmailTest.UnusualButRealAddressesPass") {
  CHECK(email("o’neill@example.org") == "o'neill@example.org");
  CHECK(email("h.b+football_2@mail.example.co.uk") == "h.b+football_2@mail.example.co.uk");
  CHECK(email("a@b-c.example.org") == "a@b-c.example.org");
  CHECK(email("a@example.xn--p1ai") == "a@example.xn--p1ai");
  CHECK(email(std::string(64, 'a') + "@example.org") == std::string(64, 'a') + "@example.org");
}

TEST_CASE("EmailTest.BadDomainsAreRefused") {
  for (const std::string text :
       {"helen@example", "helen@", "helen@example..org", "helen@.example.org", "helen@-example.org",
        "helen@example-.org", "helen@example.o", "helen@192.168.0.1", "helen@exa_mple.org",
        "helen@example,org"}) {
    CAPTURE(text);
    CHECK(email(text) == "refused: bad_domain");
  }
  CHECK(email("helen@" + std::string(64, 'a') + ".org") == "refused: bad_domain");
}

TEST_CASE("EmailTest.BadNamesAreRefused") {
  for (const std::string text : {"@example.org", ".helen@example.org", "he..len@example.org",
                                 "helen.@example.org", "hélen@example.org"}) {
    CAPTURE(text);
    CHECK(email(text) == "refused: bad_name");
  }
  CHECK(email(std::string(65, 'a') + "@example.org") == "refused: bad_name");
}

TEST_CASE("EmailTest.ExactlyOneAddressIsWanted") {
  CHECK(email("") == "refused: no_address");
  CHECK(email("no thanks") == "refused: no_address");
  CHECK(email("helen at example dot org") == "refused: no_address");
  CHECK(email("helen@example.org or grace@example.org") == "refused: several_addresses");
  CHECK(email("helen@@example.org") == "refused: several_at");
  CHECK(email("a@b@example.org") == "refused: several_at");
}

TEST_CASE("EmailTest.HostileTextNeitherPassesNorHurts") {
  CHECK(email("'; DROP TABLE players; --") == "refused: no_address");
  CHECK(email("😀@example.org") == "refused: bad_name");
  CHECK(email("helen@\xEF\xBF\xBD.org") == "refused: bad_domain");
  CHECK(email("helen\x01@example.org") == "helen@example.org");
  CHECK(email("helen\u200B@example.org") == "helen@example.org");
  CHECK(email(std::string(100'000, 'a') + "@example.org") == "refused: too_long");
  CHECK(email(std::string(100'000, '@')) == "refused: several_at");
  std::string dots = "a@";
  for (int i = 0; i < 60; ++i) dots += "abc.";
  CHECK(email(dots + "org") == dots + "org");
  CHECK(email(dots + dots + "org") == "refused: several_at");
}

TEST_CASE("EmailTest.ReasonIsFriendlyAndRepeatsNothing") {
  PluginUnderTest plugin("tool.email_validation");

  const auto error = plugin.run({{"email", "helen@example"}})["error"];

  CHECK(error["message"] == "There is no dot after the @, such as in example.org.");
  CHECK(plugin.describe()["check"]["argument"] == "email");
}

}  // namespace email_validation_test

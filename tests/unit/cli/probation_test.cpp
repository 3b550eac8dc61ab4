// When a plugin counts as worse than the one before, and to what it goes back.
#include "cli/probation.hpp"

#include <catch2/catch.hpp>

#include "fake_generation.hpp"

namespace dugout::test {
namespace {

using namespace std::chrono_literals;

host::PluginCounts counts(std::uint64_t calls, std::uint64_t failures, std::uint64_t errors = 0) {
  host::PluginCounts out;
  out.calls = calls;
  out.failures = failures;
  out.errors = errors;
  return out;
}

std::vector<std::string> ids(const std::vector<cli::Worse>& worse) {
  std::vector<std::string> out;
  for (const auto& one : worse) out.push_back(one.id);
  return out;
}

constexpr core::MonoTime kEnd{60s};

}  // namespace

TEST_CASE("ProbationTest.ThreeDefectsAndTenPointsMoreAreWorse") {
  CHECK_FALSE(cli::is_worse(counts(2, 2, 2), counts(0, 0)));
  CHECK(cli::is_worse(counts(3, 3, 3), counts(0, 0)));
  CHECK_FALSE(cli::is_worse(counts(30, 3, 3), counts(0, 0)));  // ten points, not more
  CHECK(cli::is_worse(counts(29, 3, 3), counts(0, 0)));
  CHECK_FALSE(cli::is_worse(counts(10, 4, 4), counts(10, 4, 4)));  // the old one was no better
}

TEST_CASE("ProbationTest.CallsWithoutAnAnswerCountAfterTwentyOfEach") {
  CHECK_FALSE(cli::is_worse(counts(19, 19), counts(20, 0)));
  CHECK_FALSE(cli::is_worse(counts(20, 20), counts(19, 0)));
  CHECK(cli::is_worse(counts(20, 20), counts(20, 0)));
  CHECK_FALSE(cli::is_worse(counts(20, 6), counts(20, 0)));  // thirty points, not more
  CHECK(cli::is_worse(counts(20, 7), counts(20, 0)));
  CHECK_FALSE(cli::is_worse(counts(20, 16), counts(20, 11)));
}

TEST_CASE("ProbationTest.WhoIsWatchedForTheLongestComesFirst") {
  const auto before = reading_of({});
  cli::Probation probation;
  probation.watch("tool.z", before, kEnd);
  probation.watch("tool.a", before, kEnd);
  const FakeGeneration bad({{"tool.z", counts(3, 3, 3)}, {"tool.a", counts(3, 3, 3)}});

  CHECK(ids(probation.worse(bad)) == std::vector<std::string>{"tool.z", "tool.a"});

  probation.forget("tool.z");
  CHECK(ids(probation.worse(bad)) == std::vector<std::string>{"tool.a"});
  probation.expire(kEnd - 1ns);
  CHECK(probation.worse(bad).size() == 1);
  probation.expire(kEnd);
  CHECK(probation.worse(bad).empty());
}

TEST_CASE("ProbationTest.SecondExchangeIsComparedWithTheLastThatStoodItsTime") {
  const auto good = reading_of({}), between = reading_of({});
  cli::Probation probation;
  probation.watch("tool.a", good, kEnd);
  probation.watch("tool.a", between, kEnd + 60s);
  probation.expire(kEnd);
  const FakeGeneration bad({{"tool.a", counts(3, 3, 3)}});

  const auto worse = probation.worse(bad);

  REQUIRE(worse.size() == 1);
  CHECK(worse[0].before == good);
}

TEST_CASE("ProbationTest.WhoServesAgainIsNotTakenBackToItself") {
  host::Origin origin;
  origin.config = "{}";
  const auto before = reading_of({{"tool.a", counts(0, 0)}}, origin);
  cli::Probation probation;
  probation.watch("tool.a", before, kEnd);

  CHECK(probation.worse(FakeGeneration({{"tool.a", counts(3, 3, 3)}}, origin)).empty());
  origin.config = R"({"other":1})";
  CHECK(probation.worse(FakeGeneration({{"tool.a", counts(3, 3, 3)}}, origin)).size() == 1);
}

}  // namespace dugout::test

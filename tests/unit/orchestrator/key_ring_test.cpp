// Which key is in use after which have failed.
#include "orchestrator/key_ring.hpp"

#include <catch2/catch.hpp>
#include <thread>

using dugout::orchestrator::KeyRing;

TEST_CASE("KeyRingTest.GoesOnceRoundFromTheKeyInUse") {
  KeyRing keys("a", {"b", "c"});
  REQUIRE(keys.go_on({0}));
  CHECK(keys.key(keys.in_use()) == "b");

  REQUIRE(keys.go_on({1}));
  REQUIRE(keys.go_on({1, 2}));
  CHECK(keys.key(keys.in_use()) == "a");

  CHECK_FALSE(keys.go_on({1, 2, 0}));
  CHECK(keys.key(keys.in_use()) == "a");
}

TEST_CASE("KeyRingTest.AKeyThatSomebodyLeftAlreadyIsNotLeftAgain") {
  KeyRing keys("a", {"b", "c"});
  REQUIRE(keys.go_on({0}));

  CHECK(keys.go_on({0}));

  CHECK(keys.key(keys.in_use()) == "b");
}

TEST_CASE("KeyRingTest.OneKeyOrNoneGoesNowhere") {
  KeyRing one("a", {"", "a"}), none("", {});

  CHECK_FALSE(one.go_on({0}));
  CHECK(one.key(one.in_use()) == "a");
  CHECK_FALSE(none.go_on({0}));
  CHECK(none.key(none.in_use()).empty());
}

TEST_CASE("KeyRingTest.ManyWhoSawOneKeyFailLeaveItOnce") {
  KeyRing keys("a", {"b", "c", "d"});
  std::vector<std::thread> threads;

  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { keys.go_on({0}); });
  for (auto& thread : threads) thread.join();

  CHECK(keys.key(keys.in_use()) == "b");
}

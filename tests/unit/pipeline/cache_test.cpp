// What the cache keeps, forgets and shares.
#include "pipeline/cache.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "script.hpp"
#include "support/fake_clock.hpp"

namespace dugout::pipeline {
namespace {

using namespace std::chrono_literals;

CachedAnswer answer(const std::string& text) {
  CachedAnswer made;
  made.parsed.message = text;
  made.target = "a/one";
  return made;
}

struct CacheFixture {
  explicit CacheFixture(CacheOptions options = {}) : cache(options, clock) {}

  // "" when the key is not there.
  std::string text(const std::string& key) {
    const auto found = cache.find(key, clock.now());
    return found.answer ? found.answer->parsed.message : "";
  }
  void put(const std::string& key, const std::string& text) {
    auto found = cache.find(key, clock.now());
    REQUIRE(found.flight);
    found.flight->put(answer(text));
  }

  test::FakeClock clock;
  AnswerCache cache;
};

TEST_CASE("AnswerCacheTest.AnAnswerIsThereForAnHour") {
  CacheFixture fixture;
  fixture.put("k", "hello");
  fixture.clock.advance(3599s);
  CHECK(fixture.text("k") == "hello");
  fixture.clock.advance(1s);
  CHECK(fixture.text("k").empty());
  CHECK(fixture.cache.counts().expired == 1);
  CHECK(fixture.cache.counts().entries == 0);
}

TEST_CASE("AnswerCacheTest.TheLeastRecentlyUsedGoesFirstNotTheOldest") {
  CacheOptions options;
  options.entries = 2;
  CacheFixture fixture(options);
  fixture.put("a", "1");
  fixture.put("b", "2");
  CHECK(fixture.text("a") == "1");

  fixture.put("c", "3");

  CHECK(fixture.text("b").empty());
  CHECK(fixture.text("a") == "1");
  CHECK(fixture.text("c") == "3");
  CHECK(fixture.cache.counts().evicted == 1);
}

TEST_CASE("AnswerCacheTest.BytesAreBounded") {
  CacheOptions options;
  options.bytes = 4096;
  CacheFixture fixture(options);
  fixture.put("a", std::string(1500, 'x'));
  fixture.put("b", std::string(1500, 'x'));
  fixture.put("c", std::string(1500, 'x'));
  CHECK(fixture.cache.counts().bytes <= 4096);
  CHECK(fixture.text("a").empty());

  fixture.put("d", std::string(5000, 'x'));  // larger than all: not kept, and nothing is lost

  CHECK(fixture.text("d").empty());
  CHECK_FALSE(fixture.text("c").empty());
}

TEST_CASE("AnswerCacheTest.EqualCallsAtOneTimeAreMadeOnce") {
  CacheFixture fixture;
  std::atomic<int> made{0}, right{0};
  std::vector<std::thread> threads;
  auto first = fixture.cache.find("k", fixture.clock.now() + 60s);
  REQUIRE(first.flight);
  for (int at = 0; at < 4; ++at) {
    threads.emplace_back([&] {
      auto found = fixture.cache.find("k", fixture.clock.now() + 60s);
      if (found.flight) ++made;
      if (found.answer && found.answer->parsed.message == "once") ++right;
    });
  }
  first.flight->put(answer("once"));
  for (auto& thread : threads) thread.join();

  CHECK(made == 0);
  CHECK(right == 4);
}

TEST_CASE("AnswerCacheTest.WhenTheCallFailsOneOfThoseWhoWaitMakesIt") {
  CacheFixture fixture;
  std::atomic<int> made{0}, shared{0};
  std::vector<std::thread> threads;
  {
    const auto first = fixture.cache.find("k", fixture.clock.now() + 60s);
    REQUIRE(first.flight);
    for (int at = 0; at < 3; ++at) {
      threads.emplace_back([&] {
        auto found = fixture.cache.find("k", fixture.clock.now() + 60s);
        if (found.flight) {
          ++made;
          found.flight->put(answer("second"));
        } else if (found.answer) {
          ++shared;
        }
      });
    }
  }
  for (auto& thread : threads) thread.join();

  CHECK(made == 1);
  CHECK(shared == 2);
}

TEST_CASE("AnswerCacheTest.NobodyWaitsBeyondTheDeadline") {
  CacheFixture fixture;
  const auto first = fixture.cache.find("k", fixture.clock.now());
  const auto second = fixture.cache.find("k", fixture.clock.now());
  CHECK(first.flight);
  CHECK_FALSE(second.flight);
  CHECK_FALSE(second.answer);
}

TEST_CASE("AnswerCacheTest.TheKeyHoldsAllThatAnAnswerDependsOn") {
  const auto key = [](auto change) {
    Request request;
    request.instructions = "i";
    request.items.push_back({Item::Kind::kUser, "hello", {}, false, 0});
    request.tools.push_back({"t", "d", "{}"});
    request.schema = "{}";
    change(request);
    return request_key("club/universal", {}, request);
  };
  const auto plain = key([](Request&) {});
  CHECK(plain == key([](Request&) {}));
  CHECK(plain != key([](Request& request) { request.instructions = "j"; }));
  CHECK(plain != key([](Request& request) { request.items[0].text = "hallo"; }));
  CHECK(plain != key([](Request& request) { request.items[0].kind = Item::Kind::kSystem; }));
  CHECK(plain != key([](Request& request) { request.tools[0].parameters = "[]"; }));
  CHECK(plain != key([](Request& request) { request.schema = ""; }));
  CHECK(plain != key([](Request& request) { request.max_output_tokens = 5; }));
  CHECK(plain != request_key("other/universal", {}, {}));
}

}  // namespace
}  // namespace dugout::pipeline

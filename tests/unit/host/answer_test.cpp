// What a plugin put is copied with a bound and read with suspicion.
#include "host/answer.hpp"

#include <catch2/catch.hpp>

#include "dugout/sdk/text.hpp"

namespace dugout::host {

TEST_CASE("AnswerTest.BodyGivesMessageAndDetail") {
  const auto error = error_from("parser.p", DUGOUT_E_CONFLICT,
                                R"({"message":"taken","detail":{"id":"rec1"},"retry_after_ms":5})");

  CHECK(error.code == Code::kConflict);
  CHECK(error.message == "taken");
  CHECK(error.detail == R"({"id":"rec1","retry_after_ms":5})");
}

TEST_CASE("AnswerTest.RubbishBodiesGiveTheStatusAlone") {
  for (const char* body :
       {"", "null", "[1]", "\xff\xfe", "{\"message\":5}", "{\"message\":", "text"}) {
    const auto error = error_from("parser.p", DUGOUT_E_TIMEOUT, body);
    INFO(body);
    CHECK(error.code == Code::kTimeout);
    CHECK(error.message == "parser.p gave no reason (status 13)");
    CHECK(error.detail.empty());
  }
  CHECK(error_from("p", DUGOUT_E_EMPTY, std::string(100'000, '[')).code == Code::kEmpty);
}

TEST_CASE("AnswerTest.UnknownStatusIsInternal") {
  CHECK(error_from("p", 4711, "{}").code == Code::kInternal);
  CHECK(error_from("p", -1, "{}").code == Code::kInternal);
}

TEST_CASE("AnswerTest.LongMessageIsCut") {
  const auto body = "{\"message\":\"" + std::string(5000, 'a') + "\"}";

  CHECK(error_from("p", DUGOUT_E_INVALID, body).message.size() == 1000);
}

TEST_CASE("AnswerTest.SinkStopsAtItsLimit") {
  CappedSink sink;
  const std::string piece(1U << 20, 'a');

  for (int times = 0; times < 16; ++times) sink.put(&sink, sdk::text(piece));
  CHECK_FALSE(sink.too_large);
  sink.put(&sink, dugout_text{nullptr, 5});
  sink.put(&sink, sdk::text("b"));

  CHECK(sink.too_large);
  CHECK(sink.text.size() == kMaxAnswer);
}

}  // namespace dugout::host

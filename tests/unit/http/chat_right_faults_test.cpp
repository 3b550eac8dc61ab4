// What takes the right to come back is never left out because the store could not say: whoever
// asks is told to ask again.
#include <catch2/catch.hpp>

#include "talks_fixture.hpp"

using namespace dugout;
using namespace dugout::test;

namespace {

const Json kFirst{{"client_message_id", "m1"}};

// From the moment a message is let in, the doors cannot read the store; `orchestrator` answers so.
void break_when_let_in(Talks& talks, const std::optional<Error>& orchestrator = std::nullopt) {
  talks.arrives = [&talks, orchestrator] {
    talks.seen.fail_from(1);
    return orchestrator;
  };
}

void mend(Talks& talks) {
  talks.arrives = {};
  talks.seen.heal();
}

// The line of its one call, and the last one.
std::pair<Json, Json> batch_of_one(Talks& talks) {
  const Json call{{"user_message", "hello"}, {"session_id", kPageId}, {"client_message_id", "m1"}};
  const auto answer = talks.doors->send("POST", "/chat/batch", call.dump(),
                                        {{"Content-Type", "application/x-ndjson"}});
  const auto end = answer.body.find('\n');
  return {Json::parse(answer.body.substr(0, end)), Json::parse(answer.body.substr(end))};
}

}  // namespace

TEST_CASE("ChatRightTest.AStoreThatCannotSayIsNoUnknownConversation") {
  Talks talks;
  const auto cookie = chat_cookie_of(talks.say(kPageId, kOwnPage));
  const auto look = [&] {
    return talks.doors->send("GET", "/chat/" + kPageId, "", {{"Cookie", cookie}});
  };

  talks.seen.fail_from(1);
  const auto away = look();
  talks.seen.heal();

  CHECK(away.status == 503);
  CHECK(away.headers.count("Retry-After") == 1);
  CHECK(look().status == 200);
  CHECK(talks.doors->send("GET", "/chat/" + kPageId).status == 404);
}

TEST_CASE("ChatRightTest.AReplyWaitsForWhatItTakesToComeBack") {
  Talks talks;
  char letter = 'a';
  for (const auto* accept : {"application/json", "text/event-stream"}) {
    for (const bool page : {true, false}) {
      INFO(accept << " page " << page);
      const auto id = "web_" + std::string(32, letter++);
      const auto headers = with(page ? kOwnPage : ChatHeaders{}, "Accept", accept);
      break_when_let_in(talks);
      const auto put_off = talks.say(id, headers, kFirst);
      mend(talks);

      const auto again = talks.say(id, headers, kFirst);

      CHECK(put_off.status == 503);
      CHECK(put_off.headers.at("Content-Type") == "application/problem+json");
      CHECK(put_off.headers.count("Retry-After") == 1);
      CHECK(again.status == 200);
      CHECK(chat_cookie_of(again).empty() == !page);
      CHECK((again.body.find("session_token") == std::string::npos) == page);
      CHECK(talks.said[id] == 1);
    }
  }
}

TEST_CASE("ChatRightTest.WhoHasATokenIsAnsweredThoughTheStoreCannotTellIt") {
  Talks talks;
  const auto token = talks.say(kPageId).json()["session_token"].get<std::string>();
  break_when_let_in(talks);

  for (const auto* accept : {"application/json", "text/event-stream"}) {
    const auto answer =
        talks.say(kPageId, {{"Authorization", "Bearer " + token}, {"Accept", accept}});
    talks.seen.heal();
    CHECK(answer.status == 200);
    CHECK_THAT(answer.body, Catch::Contains("yes"));
  }
}

TEST_CASE("ChatRightTest.AMessageThatIsRefusedIsToldWhyThoughTheStoreCannotSay") {
  Talks talks;
  break_when_let_in(talks, Error{Code::kInvalid, "say something"});

  for (const auto* accept : {"application/json", "text/event-stream"}) {
    const auto refused = talks.say(kPageId, with(kOwnPage, "Accept", accept), kFirst);
    talks.seen.heal();
    CHECK(refused.status == 422);
    CHECK(refused.json()["detail"] == "say something");
  }
}

TEST_CASE("ChatRightTest.AStreamBeginsOnceItsTokenIsKnown") {
  Talks talks;
  talks.arrives = [&]() -> std::optional<Error> {
    talks.seen.fail_call(1);  // by the first event
    return std::nullopt;
  };

  const auto streamed = talks.say(kPageId, with(kOwnPage, "Accept", "text/event-stream"), kFirst);

  CHECK(talks.seen.failures() == 1);
  CHECK(streamed.status == 200);
  CHECK_FALSE(chat_cookie_of(streamed).empty());
  CHECK(streamed.body.starts_with("event: reply"));
}

TEST_CASE("ChatRightTest.ACallOfABatchWaitsForItsTokenToo") {
  Talks talks;
  break_when_let_in(talks);
  const auto [put_off, counted] = batch_of_one(talks);
  mend(talks);

  const auto [again, counted_again] = batch_of_one(talks);

  CHECK(put_off["status"] == 503);
  CHECK(put_off["retry_after"].is_number());
  CHECK_FALSE(put_off.contains("reply"));
  CHECK(counted == Json({{"done", true}, {"good", 0}, {"failed", 1}}));
  CHECK(again["status"] == 200);
  CHECK(again["reply"]["session_token"].is_string());
  CHECK(counted_again["good"] == 1);
  CHECK(talks.said[kPageId] == 1);
}

TEST_CASE("ChatRightTest.ACallThatWasAcceptedAndNotAnsweredHasItsTokenInTheProblem") {
  Talks talks;
  talks.accepted = [] { return std::optional(Error{Code::kUnavailable, "nobody is there"}); };

  const auto [put_off, counted] = batch_of_one(talks);

  CHECK(put_off["status"] == 503);
  const auto token = put_off["problem"]["session_token"].get<std::string>();
  talks.accepted = {};
  CHECK(talks.say(kPageId, {{"Authorization", "Bearer " + token}}).status == 200);
}

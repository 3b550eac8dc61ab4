// Who may go on with a conversation: ids that are secrets, ids that are bound, and names.
#include <catch2/catch.hpp>

#include "talks_fixture.hpp"

using namespace dugout;
using namespace dugout::test;

TEST_CASE("ChatRightTest.APagesConversationIsBoundToItsCookie") {
  Talks talks;

  const auto first = talks.say(kPageId, kOwnPage);

  REQUIRE(first.status == 200);
  const auto cookie = chat_cookie_of(first);
  REQUIRE(cookie.starts_with("dugout_chat="));
  for (const auto* part : {"; HttpOnly", "; SameSite=Lax", "; Path=/", "; Secure"}) {
    CHECK(first.headers.at("Set-Cookie").find(part) != std::string::npos);
  }
  CHECK_FALSE(first.json().contains("session_token"));
  CHECK(cookie.find(kPageId) == std::string::npos);
  const auto owner = with(kOwnPage, "Cookie", cookie);
  CHECK(talks.say(kPageId, owner).status == 200);
  CHECK(talks.say(kPageId, owner).status == 200);
  CHECK(talks.doors->send("GET", "/chat/" + kPageId, "", {{"Cookie", cookie}}).status == 200);

  // The id alone, as a proxy's log may hold it.
  CHECK(talks.say(kPageId, kOwnPage).status == 401);
  CHECK(talks.say(kPageId).status == 401);
  CHECK(talks.say(kPageId, with(kOwnPage, "Cookie", "dugout_chat=0123")).status == 401);
  CHECK(talks.doors->send("GET", "/chat/" + kPageId).status == 404);
  // Another conversation's cookie.
  const auto other = chat_cookie_of(talks.say("web_" + std::string(32, 'a'), kOwnPage));
  CHECK(talks.say(kPageId, with(kOwnPage, "Cookie", other)).status == 401);
  CHECK(talks.said[kPageId] == 3);
}

TEST_CASE("ChatRightTest.AFirstMessageMayBeSentAgainAsItsAnswerMayBeLost") {
  Talks talks;
  const Json first{{"client_message_id", "m1"}}, other{{"client_message_id", "m2"}};
  talks.say(kPageId, kOwnPage, first);

  const auto again = talks.say(kPageId, kOwnPage, first);

  CHECK(again.status == 200);
  const auto cookie = chat_cookie_of(again);
  CHECK_FALSE(cookie.empty());
  CHECK(talks.said[kPageId] == 1);
  // The id alone, out of a log, says nothing else.
  CHECK(talks.say(kPageId, kOwnPage, other).status == 401);
  CHECK(talks.say(kPageId, kOwnPage).status == 401);
  CHECK(talks.say(kPageId, with(kOwnPage, "Cookie", cookie), other).status == 200);
  CHECK(talks.say(kPageId, kOwnPage, first).status == 401);
}

TEST_CASE("ChatRightTest.NothingIsGivenForAMessageThatIsNotAccepted") {
  Talks talks(bind_names);
  talks.arrives = [] { return Error{Code::kInvalid, "say something"}; };
  const std::string name = "parent-4477";

  for (const auto* accept : {"application/json", "text/event-stream"}) {
    for (const auto* site : {"same-origin", "none"}) {
      const auto refused = talks.say(name, {{"Sec-Fetch-Site", site}, {"Accept", accept}});
      INFO(refused.body);
      CHECK(refused.headers.count("Set-Cookie") == 0);
      CHECK(refused.body.find("session_token") == std::string::npos);
    }
  }
  talks.arrives = {};
  const auto begun = talks.say(name);
  CHECK(begun.status == 200);
  CHECK(begun.json()["session_token"].get<std::string>().size() == 32);
}

TEST_CASE("ChatRightTest.AnAcceptedMessageBindsThoughNobodyCouldAnswerIt") {
  Talks talks(bind_names);
  talks.accepted = [] { return Error{Code::kUnavailable, "no model"}; };
  const Json first{{"client_message_id", "m1"}};

  const auto put_off = talks.say("parent-4477", {}, first);
  const auto page = talks.say(kPageId, kOwnPage, first);
  const auto streamed =
      talks.say("web_" + std::string(32, 'b'), with(kOwnPage, "Accept", "text/event-stream"));

  talks.accepted = {};
  REQUIRE(put_off.status == 503);
  const auto token = put_off.json()["session_token"].get<std::string>();
  CHECK(talks.say("parent-4477", {}, first).status == 401);
  CHECK(talks.say("parent-4477", {{"Authorization", "Bearer " + token}}, first).status == 200);
  CHECK(page.status == 503);
  CHECK_FALSE(chat_cookie_of(page).empty());
  CHECK_FALSE(page.json().contains("session_token"));
  CHECK_FALSE(chat_cookie_of(streamed).empty());
  CHECK_THAT(streamed.body, Catch::Contains("event: problem"));
}

TEST_CASE("ChatRightTest.WhileAFirstMessageIsInWorkNobodyElseBegins") {
  Talks talks(bind_names);
  std::map<std::string, int> of_others;
  const auto others = [&](const char* when) -> std::optional<Error> {
    if (of_others.emplace(when, 0).second) of_others[when] = talks.say("parent-4477").status;
    return std::nullopt;
  };
  talks.arrives = [&] { return others("arrived"); };
  talks.accepted = [&] { return others("accepted"); };

  CHECK(talks.say("parent-4477").status == 200);

  CHECK(of_others == std::map<std::string, int>{{"arrived", 409}, {"accepted", 401}});
  CHECK(talks.said["parent-4477"] == 1);
}

TEST_CASE("ChatRightTest.ATokenEndsWithItsConversation") {
  Talks talks(bind_names);
  const auto token = talks.say("parent-4477").json()["session_token"].get<std::string>();
  {
    const auto database = store::Database::open(talks.kept.path, {});
    for (const auto* table : {"messages", "turns"}) {
      REQUIRE((*database)->run(std::string("DELETE FROM ") + table));
    }
    REQUIRE((*database)->run("DELETE FROM sessions"));
  }

  const auto fresh = talks.say("parent-4477");

  CHECK(fresh.status == 200);
  CHECK(fresh.json()["session_token"] != token);
  CHECK(talks.say("parent-4477", {{"Authorization", "Bearer " + token}}).status == 401);
}

TEST_CASE("ChatRightTest.AnotherSitesPageCannotUseTheCookieNorSendAnything") {
  Talks talks;
  const auto cookie = chat_cookie_of(talks.say(kPageId, kOwnPage));
  talks.say(kPageId, with(kOwnPage, "Cookie", cookie));
  const std::vector<std::pair<ChatHeaders, int>> cases{
      {{{"Sec-Fetch-Site", "cross-site"}, {"Cookie", cookie}}, 403},
      {{{"Sec-Fetch-Site", "same-site"}, {"Cookie", cookie}}, 403},
      {{{"Origin", "https://evil.example"}, {"Cookie", cookie}}, 403},
      {{{"Origin", "null"}}, 403},
      {{{"Cookie", cookie}}, 401},  // it does not say where it comes from
      {{{"Origin", "https://join.example.org"}, {"Cookie", cookie}}, 200}};
  for (const auto& [headers, status] : cases) CHECK(talks.say(kPageId, headers).status == status);

  const auto form =
      std::string("--b\r\nContent-Disposition: form-data; name=\"session_id\"\r\n\r\n") + kPageId +
      "\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; "
      "filename=\"a.jpg\"\r\n\r\nx\r\n--b--\r\n";
  ChatHeaders upload{{"Content-Type", "multipart/form-data; boundary=b"}, {"Cookie", cookie}};
  for (const auto* path : {"/upload", "/upload-async"}) {
    INFO(path);
    const auto alien = with(upload, "Sec-Fetch-Site", "cross-site");
    CHECK(talks.doors->send("POST", path, form, alien).status == 403);
    CHECK(talks.doors->send("POST", path, form, upload).status == 401);
    const auto own = with(upload, "Sec-Fetch-Site", "same-origin");
    CHECK(talks.doors->send("POST", path, form, own).status / 100 == 2);
  }
}

TEST_CASE("ChatRightTest.AProgramsIdIsItsSecretInTheBodyOrAsABearer") {
  Talks talks;
  const auto fresh = talks.say("");

  const auto id = fresh.json()["session_id"].get<std::string>();
  CHECK(id.size() == 36);
  CHECK(id.starts_with("ses_"));
  CHECK(fresh.headers.count("Set-Cookie") == 0);
  for (int n = 0; n < 3; ++n) CHECK(talks.say(id).status == 200);
  CHECK(talks.say("", {{"Authorization", "Bearer " + id}}).json()["session_id"] == id);
  CHECK(talks.doors->send("GET", "/chat/" + id).status == 200);
  CHECK(talks.say("").json()["session_id"] != id);
  // A page over plain http in the house has no Sec-Fetch-Site, but an Origin.
  const auto plain = talks.say("", {{"Origin", "https://join.example.org"}});
  CHECK(plain.json()["session_id"].get<std::string>().starts_with("web_"));
  CHECK_FALSE(chat_cookie_of(plain).empty());
  CHECK(talks.say("", kOwnPage).json()["session_id"].get<std::string>().starts_with("web_"));
}

TEST_CASE("ChatRightTest.AProgramWithABoundIdIsGivenItsToken") {
  Talks talks;
  const auto token = talks.say(kPageId).json()["session_token"].get<std::string>();
  talks.say(kPageId);

  CHECK(token.size() == 32);
  CHECK(talks.say(kPageId, {{"Authorization", "Bearer " + token}}).status == 200);
  CHECK(talks.say(kPageId, {}, {{"session_token", token}}).status == 200);
  CHECK(talks.say(kPageId, {}, {{"session_token", kPageId}}).status == 401);
}

TEST_CASE("ChatRightTest.NamesAreOpenUnlessTheSettingsBindThem") {
  Talks open;
  for (int n = 0; n < 3; ++n) CHECK(open.say("session-of-a-test").status == 200);
  CHECK(open.doors->send("GET", "/chat/session-of-a-test").status == 404);

  Talks bound(bind_names);
  const auto first = bound.say("session-of-a-test");
  const auto token = first.json()["session_token"].get<std::string>();
  CHECK(bound.say("session-of-a-test").status == 401);  // a name can be guessed: not even once
  CHECK(bound.say("session-of-a-test", {{"Authorization", "Bearer " + token}}).status == 200);
  for (int n = 0; n < 3; ++n) CHECK(bound.say(kProgramId).status == 200);
}

TEST_CASE("ChatRightTest.ACallOfABatchShowsItsTokenInItsBody") {
  Talks talks(bind_names);
  const auto batch = [&](const Json& call, ChatHeaders headers = {}) {
    headers["Content-Type"] = "application/json";
    const auto answer = talks.doors->send("POST", "/chat/batch",
                                          Json{{"calls", Json::array({call})}}.dump(), headers);
    return Json::parse(answer.body.substr(0, answer.body.find('\n')));
  };
  Json call{{"user_message", "hello"}, {"session_id", "session-of-a-test"}};

  const auto first = batch(call);
  REQUIRE(first["status"] == 200);
  CHECK(batch(call)["status"] == 401);
  call["session_token"] = first["reply"]["session_token"];
  CHECK(batch(call)["status"] == 200);

  // What is in a cookie is not told to scripts.
  const auto cookie = chat_cookie_of(talks.say(kPageId, kOwnPage));
  const auto by_cookie =
      batch({{"user_message", "hello"}, {"session_id", kPageId}}, with(kOwnPage, "Cookie", cookie));
  CHECK(by_cookie["status"] == 200);
  CHECK_FALSE(by_cookie["reply"].contains("session_token"));
}

TEST_CASE("ChatRightTest.AKeyThatIsKeptBindsOverARestart") {
  const auto key = [](http::ServerOptions& options) { options.access.chat_key = "the same key"; };
  Talks talks(key);
  const auto cookie = chat_cookie_of(talks.say(kPageId, kOwnPage));

  talks.open(key);
  CHECK(talks.say(kPageId, with(kOwnPage, "Cookie", cookie)).status == 200);
  talks.open({});
  CHECK(talks.say(kPageId, with(kOwnPage, "Cookie", cookie)).status == 401);
}

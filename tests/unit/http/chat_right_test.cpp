// Who may go on with a conversation: ids that are secrets, ids that are bound, and names.
#include <catch2/catch.hpp>

#include "doors_fixture.hpp"

using namespace dugout;
using test::Answer, test::Doors, test::Json;
using ChatHeaders = std::map<std::string, std::string>;

namespace {

const std::string kPageId = "web_0123456789abcdef0123456789abcdef";
const std::string kProgramId = "ses_0123456789abcdef0123456789abcdef";
const ChatHeaders kOwnPage{{"Sec-Fetch-Site", "same-origin"}};

// Conversations as long as they have become.
struct Talks {
  std::map<std::string, int> said;
  std::unique_ptr<Doors> doors;

  explicit Talks(std::function<void(http::ServerOptions&)> change = {}) {
    doors = std::make_unique<Doors>(change);
    doors->orchestrator.answer = [this](const orchestrator::ChatRequest& request) {
      ++said[request.session_id];
      orchestrator::ChatReply reply;
      reply.session_id = request.session_id;
      reply.response = "yes";
      return Outcome<orchestrator::ChatReply>(reply);
    };
    doors->orchestrator.shows =
        [this](const std::string& id) -> Outcome<orchestrator::SessionView> {
      if (said.count(id) == 0) return Error{Code::kNotFound, "none"};
      orchestrator::SessionView view;
      view.session_id = id;
      for (int n = 0; n < said[id]; ++n) view.said.push_back({true, "hello"});
      return view;
    };
  }
  Answer say(const std::string& session, ChatHeaders headers = {}, Json body = Json::object()) {
    headers["Content-Type"] = "application/json";
    body["user_message"] = "hello";
    if (!session.empty()) body["session_id"] = session;
    return doors->send("POST", "/chat", body.dump(), headers);
  }
};

std::string chat_cookie_of(const Answer& answer) {
  const auto found = answer.headers.find("Set-Cookie");
  return found == answer.headers.end() ? "" : found->second.substr(0, found->second.find(';'));
}

ChatHeaders with(ChatHeaders headers, const std::string& name, const std::string& value) {
  headers[name] = value;
  return headers;
}

}  // namespace

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
  talks.say(kPageId, kOwnPage);

  const auto again = talks.say(kPageId, kOwnPage);

  CHECK(again.status == 200);
  CHECK_FALSE(chat_cookie_of(again).empty());
  CHECK(talks.say(kPageId, kOwnPage).status == 401);
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

  Talks bound([](http::ServerOptions& options) { options.access.bound_names = true; });
  const auto first = bound.say("session-of-a-test");
  const auto token = first.json()["session_token"].get<std::string>();
  CHECK(bound.say("session-of-a-test").status == 401);  // a name can be guessed: not even once
  CHECK(bound.say("session-of-a-test", {{"Authorization", "Bearer " + token}}).status == 200);
  for (int n = 0; n < 3; ++n) CHECK(bound.say(kProgramId).status == 200);
}

TEST_CASE("ChatRightTest.ACallOfABatchShowsItsTokenInItsBody") {
  Talks talks([](http::ServerOptions& options) { options.access.bound_names = true; });
  const auto batch = [&](const Json& call) {
    const auto answer =
        talks.doors->send("POST", "/chat/batch", Json{{"calls", Json::array({call})}}.dump(),
                          {{"Content-Type", "application/json"}});
    return Json::parse(answer.body.substr(0, answer.body.find('\n')));
  };
  Json call{{"user_message", "hello"}, {"session_id", "session-of-a-test"}};

  const auto first = batch(call);
  REQUIRE(first["status"] == 200);
  CHECK(batch(call)["status"] == 401);
  call["session_token"] = first["reply"]["session_token"];
  CHECK(batch(call)["status"] == 200);
}

TEST_CASE("ChatRightTest.AKeyThatIsKeptBindsOverARestart") {
  const auto key = [](http::ServerOptions& options) { options.access.chat_key = "the same key"; };
  Talks before(key), after(key), other;
  const auto cookie = chat_cookie_of(before.say(kPageId, kOwnPage));
  after.said[kPageId] = other.said[kPageId] = 5;

  CHECK(after.say(kPageId, with(kOwnPage, "Cookie", cookie)).status == 200);
  CHECK(other.say(kPageId, with(kOwnPage, "Cookie", cookie)).status == 401);
}

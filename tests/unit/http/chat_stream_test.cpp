// POST /chat as a stream of events, and GET /chat/{session_id}, from outside.
#include "http/page_settings.hpp"

#include <Poco/Net/StreamSocket.h>

#include <catch2/catch.hpp>
#include <future>

#include "doors_fixture.hpp"

using namespace dugout;
using namespace dugout::test;
using Catch::Matchers::Contains;

namespace {

const std::map<std::string, std::string> kStream{{"Content-Type", "application/json"},
                                                 {"Accept", "text/event-stream"}};
const std::string kHello = R"({"user_message":"hello","client_message_id":"m1"})";
const std::string kSession = "ses_0123456789abcdef0123456789abcdef";

orchestrator::ChatReply hi() {
  orchestrator::ChatReply reply;
  reply.session_id = kSession;
  reply.response = "Hi\nthere";
  reply.last_agent = "universal";
  reply.turn_id = "turn_9";
  reply.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  return reply;
}

// (event, data) of each event of a body.
std::vector<std::pair<std::string, Json>> events_in(const std::string& body) {
  std::vector<std::pair<std::string, Json>> events;
  std::istringstream lines(body);
  std::string line, name;
  while (std::getline(lines, line)) {
    if (line.rfind("event: ", 0) == 0) name = line.substr(7);
    if (line.rfind("data: ", 0) == 0) events.emplace_back(name, Json::parse(line.substr(6)));
  }
  return events;
}

}  // namespace

TEST_CASE("ChatStreamTest.ProgressComesBeforeTheReply") {
  Doors doors;
  doors.orchestrator.answer = [](const orchestrator::ChatRequest& request) {
    request.progress({"thinking", ""});
    request.progress({"tool", "address_lookup"});
    return Outcome<orchestrator::ChatReply>(hi());
  };

  const auto answer = doors.send("POST", "/chat", kHello, kStream);

  CHECK(answer.status == 200);
  CHECK(answer.headers.at("Content-Type") == "text/event-stream");
  CHECK(answer.headers.at("Cache-Control") == "no-store");
  CHECK(answer.headers.at("X-Accel-Buffering") == "no");
  const auto events = events_in(answer.body);
  REQUIRE(events.size() == 3);
  CHECK(events[0].first == "progress");
  CHECK(events[0].second["kind"] == "thinking");
  CHECK(events[1].second["kind"] == "tool");
  CHECK(events[2].first == "reply");
  CHECK(events[2].second["response"] == "Hi\nthere");
  CHECK(events[2].second["steps"].is_null());
  CHECK(events[2].second["turn"] == "turn_9");
  CHECK(events[2].second["traceparent"] == hi().traceparent);
}

TEST_CASE("ChatStreamTest.AProblemIsAnEventThatSaysWhenToTryAgain") {
  Doors doors;
  doors.orchestrator.answer = [](const orchestrator::ChatRequest&) {
    return Outcome<orchestrator::ChatReply>(
        Error{Code::kUnavailable, "away", R"({"retry_after_s":7})"});
  };

  const auto events = events_in(doors.send("POST", "/chat", kHello, kStream).body);

  REQUIRE(events.size() == 1);
  CHECK(events[0].first == "problem");
  CHECK(events[0].second["status"] == 503);
  CHECK(events[0].second["retry_after"] == 7);
}

TEST_CASE("ChatStreamTest.WhatCannotBeReadIsAPlainProblem") {
  Doors doors;

  const auto answer = doors.send("POST", "/chat", "{", kStream);

  CHECK(answer.status == 400);
  CHECK(answer.headers.at("Content-Type") == "application/problem+json");
  CHECK(doors.orchestrator.asked.empty());
}

TEST_CASE("ChatStreamTest.OthersGetJsonAsBefore") {
  Doors doors;
  doors.orchestrator.answer = [](const orchestrator::ChatRequest& request) {
    CHECK(!request.progress);
    auto reply = hi();
    reply.question = R"({"routine":3,"field":"a","kind":"date"})";
    reply.steps = {4, 20};
    return Outcome<orchestrator::ChatReply>(reply);
  };

  const auto answer =
      doors.send("POST", "/chat", kHello,
                 {{"Content-Type", "application/json"}, {"Accept", "application/json, */*"}});

  CHECK(answer.headers.at("Content-Type") == "application/json");
  CHECK(answer.json()["question"]["kind"] == "date");
  CHECK(answer.json()["steps"] == Json({{"step", 4}, {"of", 20}}));
}

TEST_CASE("ChatStreamTest.ATurnEndsAlsoWhenTheClientHasGone") {
  Doors doors;
  std::promise<void> begun, gone, ended;
  doors.orchestrator.answer = [&](const orchestrator::ChatRequest& request) {
    begun.set_value();
    gone.get_future().wait();
    for (int i = 0; i < 100; ++i) request.progress({"thinking", ""});
    ended.set_value();
    return Outcome<orchestrator::ChatReply>(hi());
  };

  Poco::Net::StreamSocket client(Poco::Net::SocketAddress("127.0.0.1", doors.port()));
  const std::string request =
      "POST /chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: "
      "text/event-stream\r\nContent-Length: " +
      std::to_string(kHello.size()) + "\r\n\r\n" + kHello;
  client.sendBytes(request.data(), static_cast<int>(request.size()));
  begun.get_future().wait();
  client.close();
  gone.set_value();

  ended.get_future().wait();
  CHECK(doors.orchestrator.asked.size() == 1);
}

TEST_CASE("ChatStateTest.AConversationIsShownAsItStands") {
  Doors doors;
  doors.orchestrator.shows = [](const std::string& id) {
    orchestrator::SessionView view;
    view.session_id = id;
    view.last_agent = "new_registration";
    view.routine_number = 34;
    view.expects = "file";
    view.question = R"({"routine":34,"field":"photo","kind":"file"})";
    view.steps = {24, 24};
    view.said = {{true, "9"}, {false, "A photo, please"}};
    return Outcome<orchestrator::SessionView>(view);
  };

  const auto answer = doors.send("GET", "/chat/" + kSession);

  CHECK(answer.status == 200);
  CHECK(answer.headers.at("Cache-Control") == "no-store");
  CHECK(answer.json() ==
        Json({{"session_id", kSession},
              {"last_agent", "new_registration"},
              {"routine_number", 34},
              {"expects", "file"},
              {"question", {{"routine", 34}, {"field", "photo"}, {"kind", "file"}}},
              {"steps", {{"step", 24}, {"of", 24}}},
              {"registered", false},
              {"messages",
               {{{"role", "user"}, {"text", "9"}},
                {{"role", "assistant"}, {"text", "A photo, please"}}}}}));
}

TEST_CASE("ChatStateTest.OnlyIdsThatNobodyGuessesAreLookedUp") {
  Doors doors;
  int looked = 0;
  doors.orchestrator.shows = [&](const std::string&) {
    ++looked;
    return Outcome<orchestrator::SessionView>(Error{Code::kNotFound, "no"});
  };

  for (const auto& id :
       {std::string("helen-barlow"), std::string("ses_1"), kSession + "0",
        std::string("ses_0123456789ABCDEF0123456789ABCDEF"), std::string("ses_..%2F..%2Fetc")}) {
    INFO(id);
    CHECK(doors.send("GET", "/chat/" + id).status == 404);
  }
  CHECK(looked == 0);
  CHECK(doors.send("GET", "/chat/" + kSession).status == 404);
  CHECK(looked == 1);
}

TEST_CASE("PageSettingsTest.WordsAreByToolThenByKind") {
  const std::map<std::string, std::string> status{
      {"thinking", "Thinking"}, {"working", "Working"}, {"address_lookup", "Looking"}};

  CHECK(http::status_words(status, {"tool", "address_lookup"}) == "Looking");
  CHECK(http::status_words(status, {"tool", "other"}) == "Working");
  CHECK(http::status_words(status, {"thinking", ""}) == "Thinking");
  CHECK(http::status_words({}, {"thinking", ""}).empty());
}

TEST_CASE("PageSettingsTest.ColoursAreAStyleSheetForBothSchemes") {
  routines::PageSettings page;
  page.colours = {{"main", "#112233"}, {"on_main", "#ffffff"}, {"main_dark", "#445566"}};

  const auto css = http::page_css(page);

  CHECK_THAT(css, Contains(":root{--club-main:#112233;--club-on-main:#ffffff;}"));
  CHECK_THAT(css, Contains(":root[data-theme=\"dark\"]{--club-main:#445566;}"));
  Doors doors;
  CHECK(doors.send("GET", "/api/page.css").headers.at("Content-Type") == "text/css; charset=utf-8");
  CHECK(doors.send("GET", "/api/page").json()["texts"].is_null() ==
        false);  // an object, empty without files
}

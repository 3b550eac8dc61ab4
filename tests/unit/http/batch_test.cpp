// POST /chat/batch: results as lines, what is wrong with one call, the bounds.
#include <catch2/catch.hpp>

#include <Poco/Net/StreamSocket.h>

#include <condition_variable>
#include <sstream>
#include <thread>

#include "doors_fixture.hpp"
#include "http/batch_body.hpp"

using namespace dugout;
using namespace dugout::test;

namespace {

constexpr auto kLines = "application/x-ndjson";

std::vector<Json> lines_of(const std::string& body) {
  std::vector<Json> lines;
  std::istringstream in(body);
  for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
  return lines;
}

// A server whose orchestrator says back what it hears.
struct Batches : Doors {
  explicit Batches(const std::function<void(http::ServerOptions&)>& change = {}) : Doors(change) {
    orchestrator.answer = [](const orchestrator::ChatRequest& request) {
      orchestrator::ChatReply reply;
      reply.session_id = request.session_id;
      reply.response = "you said " + request.user_message;
      return Outcome<orchestrator::ChatReply>(reply);
    };
  }
  Answer batch(const std::string& body, const std::string& type = "application/json",
               const std::string& query = "") {
    return send("POST", "/chat/batch" + query, body, {{"Content-Type", type}});
  }
  std::map<int, Json> results(const Answer& answer) {
    std::map<int, Json> found;
    for (const auto& line : lines_of(answer.body)) {
      if (line.contains("index")) found[line["index"].get<int>()] = line;
    }
    return found;
  }
};

}  // namespace

TEST_CASE("BatchTest.EachCallGivesALineAndTheLastLineCounts") {
  Batches doors;

  const auto answer = doors.batch(R"({"calls": [
      {"user_message": "one", "session_id": "session-1", "id": "first"},
      {"user_message": "two", "session_id": "session-2", "id": 7}]})");

  CHECK(answer.status == 200);
  CHECK(answer.headers.at("Content-Type") == kLines);
  CHECK(answer.headers.at("Transfer-Encoding") == "chunked");
  const auto results = doors.results(answer);
  REQUIRE(results.size() == 2);
  CHECK(results.at(0)["id"] == "first");
  CHECK(results.at(0)["status"] == 200);
  CHECK(results.at(0)["reply"]["response"] == "you said one");
  CHECK(results.at(1)["id"] == 7);
  CHECK(lines_of(answer.body).back() == Json({{"done", true}, {"good", 2}, {"failed", 0}}));
}

TEST_CASE("BatchTest.JsonLinesAreTakenAndBlankOnesPassedOver") {
  Batches doors;

  const auto answer = doors.batch("{\"user_message\": \"one\"}\r\n\r\n{\"user_message\": \"two\"}",
                                  kLines, "?concurrency=1");

  const auto results = doors.results(answer);
  REQUIRE(results.size() == 2);
  CHECK(results.at(1)["reply"]["response"] == "you said two");
}

TEST_CASE("BatchTest.ABadCallIsItsOwnResultWithPointerOrLine") {
  Batches doors;

  const auto body = doors.results(doors.batch(R"({"calls": [
      {"user_message": 7, "id": "a"}, "text", {"user_message": "good"}, {"user_message": "x", "id": []}]})"));
  const auto lines = doors.results(doors.batch(
      "{\"user_message\": \"good\"}\n{broken\n\n{\"session_id\": \"session-1\"}\n", kLines));

  CHECK(body.at(0)["status"] == 422);
  CHECK(body.at(0)["id"] == "a");
  CHECK(body.at(0)["problem"]["errors"][0]["pointer"] == "/calls/0/user_message");
  CHECK(body.at(1)["problem"]["errors"][0]["pointer"] == "/calls/1");
  CHECK(body.at(2)["status"] == 200);
  CHECK(body.at(3)["problem"]["errors"][0]["pointer"] == "/calls/3/id");
  CHECK(lines.at(0)["status"] == 200);
  CHECK(lines.at(1)["status"] == 400);
  CHECK(lines.at(1)["line"] == 2);
  CHECK(lines.at(1)["problem"]["detail"].get<std::string>().rfind("line 2,", 0) == 0);
  CHECK(lines.at(2)["line"] == 4);
  CHECK(lines.at(2)["problem"]["errors"][0]["pointer"] == "/user_message");
}

TEST_CASE("BatchTest.AFailedTurnIsAProblemWithItsRetryAfter") {
  Batches doors;
  doors.orchestrator.answer = [](const orchestrator::ChatRequest&) {
    return Outcome<orchestrator::ChatReply>(Error{Code::kConflict, "busy"});
  };

  const auto answer = doors.batch(R"({"calls": [{"user_message": "one"}]})");

  const auto result = doors.results(answer).at(0);
  CHECK(result["status"] == 409);
  CHECK(result["problem"]["status"] == 409);
  CHECK(result["retry_after"] == 2);
  CHECK(lines_of(answer.body).back() == Json({{"done", true}, {"good", 0}, {"failed", 1}}));
}

TEST_CASE("BatchTest.WhatIsNoBatchIsRefusedAsAWhole") {
  Batches doors([](http::ServerOptions& options) {
    options.batch_calls = 2;
    options.batch_bytes = 200;
  });
  const auto status = [&](const std::string& body, const std::string& type = "application/json",
                          const std::string& query = "") {
    const auto answer = doors.batch(body, type, query);
    CHECK(answer.headers.at("Content-Type") == "application/problem+json");
    return answer.status;
  };
  const std::string call = R"({"user_message": "x"})";

  CHECK(status("{") == 400);
  CHECK(status("[]") == 422);
  CHECK(status(R"({"calls": {}})") == 422);
  for (const auto* wrong : {"0", "-1", "1.5", "\"8\"", "true", "-99999999999999999999"}) {
    CHECK(status(std::string(R"({"calls": [], "concurrency": )") + wrong + "}") == 422);
  }
  for (const auto* wrong : {"0", "x", "", "8x", "1e3"}) {
    CHECK(status(call, kLines, std::string("?concurrency=") + wrong) == 422);
  }
  CHECK(status(call, "text/plain") == 415);
  CHECK(status("{\"calls\": [" + call + "," + call + "," + call + "]}") == 413);
  CHECK(status(call + "\n" + call + "\n" + call, kLines) == 413);
  CHECK(status(std::string(201, ' ')) == 413);
  CHECK(doors.orchestrator.asked.empty());
  CHECK(doors.batch(R"({"calls": [], "concurrency": 99999999999999999999})").status == 422);
  CHECK(doors.batch(R"({"calls": [], "concurrency": 9999999999})").status == 200);
}

TEST_CASE("BatchTest.CallsCountForTheirAddressAndTheirSessions") {
  Doors doors([](http::ServerOptions& options) {
    options.rates.chat = {0.001, 3};
    options.rates.session = {0.001, 2};
  });
  doors.orchestrator.answer = [](const orchestrator::ChatRequest&) {
    return Outcome<orchestrator::ChatReply>(orchestrator::ChatReply{});
  };
  const std::map<std::string, std::string> json{{"Content-Type", "application/json"}};
  const auto chat = [&](const std::string& session) {
    return doors.send("POST", "/chat", R"({"user_message":"hi","session_id":")" + session + "\"}",
                      json);
  };
  const auto batch = [&] {
    return doors.send("POST", "/chat/batch",
                      R"({"calls":[{"user_message":"1","session_id":"session-one"},)"
                      R"({"user_message":"2","session_id":"session-two"},)"
                      R"({"user_message":"3","session_id":"session-one"}]})",
                      json);
  };
  for (int n = 0; n < 2; ++n) CHECK(chat("session-one").status == 200);

  const auto taken = batch();

  // The whole of a session or nothing of it; the address has one message left, and owes two.
  CHECK(taken.status == 200);
  std::map<int, int> status_of;
  std::istringstream lines(taken.body);
  for (std::string line; std::getline(lines, line);) {
    const auto read = Json::parse(line);
    if (read.contains("index")) status_of[read["index"]] = read["status"];
  }
  CHECK(status_of == std::map<int, int>{{0, 429}, {1, 200}, {2, 429}});
  CHECK(doors.orchestrator.asked.size() == 3);
  const auto refused = batch();
  CHECK(refused.status == 429);
  CHECK(std::stoi(refused.headers.at("Retry-After")) > 1000);
  CHECK(chat("session-three").status == 429);
}

TEST_CASE("BatchTest.AnEmptyBatchIsDone") {
  Batches doors;
  CHECK(lines_of(doors.batch("", kLines).body) ==
        std::vector<Json>{Json({{"done", true}, {"good", 0}, {"failed", 0}})});
}

namespace {

// Holds calls back until the test lets them go.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  void wait_for(int calls) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= calls; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  int waiting() {
    const std::lock_guard lock(mutex_);
    return waiting_;
  }

 private:
  std::mutex mutex_;  // guards the two below
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

std::string body_of(int calls) {
  std::string body;
  for (int i = 0; i < calls; ++i) body += "{\"user_message\": \"" + std::to_string(i) + "\"}\n";
  return body;
}

// A client that may leave when it likes.
class Caller {
 public:
  Caller(std::uint16_t port, const std::string& body)
      : socket_(Poco::Net::SocketAddress("127.0.0.1", port)) {
    const auto text =
        "POST /chat/batch HTTP/1.1\r\nHost: x\r\nContent-Type: " + std::string(kLines) +
        "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    socket_.sendBytes(text.data(), static_cast<int>(text.size()));
  }
  std::string read_until(const std::string& wanted) {
    std::string got;
    char piece[4096];
    while (got.find(wanted) == std::string::npos) {
      const int size = socket_.receiveBytes(piece, sizeof piece);
      if (size <= 0) break;
      got.append(piece, static_cast<std::size_t>(size));
    }
    return got;
  }
  void leave() { socket_.close(); }

 private:
  Poco::Net::StreamSocket socket_;
};

}  // namespace

TEST_CASE("BatchTest.AResultIsSentBeforeTheOthersAreThere") {
  Batches doors;
  Gate gate;
  const auto quick = doors.orchestrator.answer;
  doors.orchestrator.answer = [&](const orchestrator::ChatRequest& request) {
    if (request.user_message != "0") gate.pass();
    return quick(request);
  };

  Caller caller(doors.port(), body_of(3));
  const auto first = caller.read_until("you said 0");
  gate.open();

  CHECK(first.find("you said 0") != std::string::npos);
  CHECK(first.find("\"done\"") == std::string::npos);
  CHECK(caller.read_until("\"done\":true").find("\"good\":3") != std::string::npos);
}

TEST_CASE("BatchTest.WhenTheClientLeavesTheRestIsNotBegun") {
  Batches doors([](http::ServerOptions& options) { options.batch_concurrency = 2; });
  Gate gate;
  const auto quick = doors.orchestrator.answer;
  doors.orchestrator.answer = [&](const orchestrator::ChatRequest& request) {
    gate.pass();
    return quick(request);
  };

  {
    Caller caller(doors.port(), body_of(50));
    gate.wait_for(2);
    caller.leave();
  }
  gate.open();
  doors.stop();

  CHECK(gate.waiting() == 2);
  const auto logged = doors.lines("batch.done");
  REQUIRE(logged.size() == 1);
  CHECK(logged[0]["left"] == 48);
}

TEST_CASE("BatchTest.BatchesLeaveHalfOfTheTurnsToSingleMessages") {
  Batches doors([](http::ServerOptions& options) { options.turns_in_flight = 4; });
  Gate gate;
  const auto quick = doors.orchestrator.answer;
  doors.orchestrator.answer = [&](const orchestrator::ChatRequest& request) {
    if (request.session_id.empty()) gate.pass();
    return quick(request);
  };
  const std::string chat = R"({"user_message": "hello", "session_id": "session-1"})";

  Caller first(doors.port(), body_of(10));
  gate.wait_for(2);
  const auto second = doors.batch(body_of(1), kLines);
  const auto single = doors.send("POST", "/chat", chat, {{"Content-Type", "application/json"}});
  gate.open();

  CHECK(second.status == 503);
  CHECK(second.headers.count("Retry-After") == 1);
  CHECK(single.status == 200);
  CHECK(first.read_until("\"done\":true").find("\"good\":10") != std::string::npos);
  CHECK(doors.batch(body_of(1), kLines).status == 200);  // the turns were given back
}

TEST_CASE("BatchTest.AStoppingServerBeginsNoFurtherCallAndSaysSo") {
  Batches doors([](http::ServerOptions& options) {
    options.batch_concurrency = 1;
    options.keep_alive = std::chrono::minutes(10);
  });
  Gate gate;
  const auto quick = doors.orchestrator.answer;
  doors.orchestrator.answer = [&](const orchestrator::ChatRequest& request) {
    gate.pass();
    return quick(request);
  };
  Poco::Net::StreamSocket idle(Poco::Net::SocketAddress("127.0.0.1", doors.port()));
  const std::string ask = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
  idle.sendBytes(ask.data(), static_cast<int>(ask.size()));
  char piece[4096];
  REQUIRE(idle.receiveBytes(piece, sizeof piece) > 0);  // so that it is kept from now on
  Caller caller(doors.port(), body_of(5));
  gate.wait_for(1);

  std::thread stopping([&] { doors.stop(); });
  // Idle connections end at once: that is how the test knows that the server has heard of its end.
  while (idle.receiveBytes(piece, sizeof piece) > 0) {
  }
  gate.open();
  const auto rest = caller.read_until("\"done\":false");
  stopping.join();

  CHECK(rest.find(R"({"done":false,"failed":0,"good":1,"left":4})") != std::string::npos);
}

TEST_CASE("BatchTest.AnOldClientGetsTheLinesWithoutChunks") {
  Batches doors;
  Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", doors.port()));
  const auto body = body_of(2);
  const auto text = "POST /chat/batch HTTP/1.0\r\nContent-Type: " + std::string(kLines) +
                    "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  socket.sendBytes(text.data(), static_cast<int>(text.size()));
  std::string got;
  char piece[4096];
  for (int size = 0; (size = socket.receiveBytes(piece, sizeof piece)) > 0;)
    got.append(piece, static_cast<std::size_t>(size));

  const auto lines = lines_of(got.substr(got.find("\r\n\r\n") + 4));
  CHECK(lines.size() == 3);
  CHECK(got.find("chunked") == std::string::npos);
}

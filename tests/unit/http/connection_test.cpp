// What a server does with clients that do not keep to the rules, seen from their side of a socket.
#include <Poco/Net/NetException.h>
#include <Poco/Net/StreamSocket.h>

#include <catch2/catch.hpp>

#include "doors_fixture.hpp"

namespace dugout::http {
namespace {

using namespace std::chrono_literals;
using observability::Refusal;
using test::Doors;

struct Door {
  std::shared_ptr<observability::DoorFigures> figures =
      std::make_shared<observability::DoorFigures>();
  Doors doors;
  explicit Door(const std::function<void(ServerOptions&)>& change = {})
      : doors([&](ServerOptions& options) {
          options.figures = figures;
          if (change) change(options);
        }) {}
  Poco::Net::StreamSocket connect() {
    Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", doors.port()));
    socket.setReceiveTimeout(Poco::Timespan(20, 0));
    return socket;
  }
  // All that comes until the server closes.
  static std::string hear(Poco::Net::StreamSocket& socket) {
    std::string all;
    char piece[4096];
    try {
      for (int took = 0; (took = socket.receiveBytes(piece, sizeof piece)) > 0;) {
        all.append(piece, static_cast<std::size_t>(took));
      }
    } catch (const Poco::Net::ConnectionResetException&) {
      all += "(reset)";
    }
    return all;
  }
  std::string say(const std::string& text) {
    auto socket = connect();
    socket.sendBytes(text.data(), static_cast<int>(text.size()));
    return hear(socket);
  }
  std::uint64_t refused(Refusal reason) const { return figures->refused(reason); }
};

bool has_status(const std::string& answer, const std::string& status) {
  return answer.starts_with("HTTP/1.1 " + status) &&
         answer.find("application/problem+json") != std::string::npos;
}

std::string headers(int count, std::size_t size) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += "X-" + std::to_string(i) + ": " + std::string(size, 'v') + "\r\n";
  }
  return text;
}

}  // namespace

TEST_CASE("ConnectionTest.AHeadThatIsLateIsToldSoAndEnds") {
  Door door([](ServerOptions& options) { options.head_timeout = 500ms; });
  // Whose first byte comes after its time has asked nothing: on a busy machine, then, once more.
  std::string told;
  std::uint64_t asked = 0;
  for (; asked < 20 && !told.starts_with("HTTP/"); ++asked) told = door.say("GET /health HTT");
  CHECK(has_status(told, "408"));
  CHECK(door.say("").empty());  // nothing was asked, nothing is answered
  CHECK(door.refused(Refusal::kSlowHead) == asked + 1);
}

TEST_CASE("ConnectionTest.BytesOneByOneDoNotMoveTheDeadline") {
  Door door([](ServerOptions& options) { options.head_timeout = 2s; });
  auto socket = door.connect();
  const auto begun = std::chrono::steady_clock::now();
  // A byte whenever nothing has come for a moment; until the server has had enough.
  int sent = 0;
  try {
    while (!socket.poll(Poco::Timespan(10'000), Poco::Net::Socket::SELECT_READ)) {
      socket.sendBytes("G", 1);
      ++sent;
    }
  } catch (const Poco::Exception&) {
    // It is closed already.
  }
  CHECK(sent > 2);
  CHECK(std::chrono::steady_clock::now() - begun < 60s);
  CHECK(door.refused(Refusal::kSlowHead) == 1);
}

TEST_CASE("ConnectionTest.HalfAHeadIsNoRequest") {
  Door door;
  auto socket = door.connect();
  const std::string half = "GET /health HTTP/1.1\r\nHost: localhost\r\n";
  socket.sendBytes(half.data(), static_cast<int>(half.size()));
  socket.shutdownSend();
  CHECK(Door::hear(socket).empty());
}

TEST_CASE("ConnectionTest.HeadsThatAreTooLargeAreRefusedByWhatIsTooLarge") {
  Door door;
  const std::string line = "GET /health HTTP/1.1\r\n";
  CHECK(has_status(door.say("GET /" + std::string(17'000, 'a') + " HTTP/1.1\r\n\r\n"), "414"));
  CHECK(has_status(door.say(line + headers(101, 1) + "\r\n"), "431"));
  CHECK(has_status(door.say(line + headers(1, 9000) + "\r\n"), "431"));
  CHECK(has_status(door.say(line + headers(20, 4000) + "\r\n"), "431"));
  CHECK(door.refused(Refusal::kTargetTooLong) == 1);
  CHECK(door.refused(Refusal::kHeadTooLarge) == 3);
  CHECK(
      door.say(line + headers(90, 200) + "Connection: close\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST_CASE("ConnectionTest.RubbishAfterARequestIsRefusedAndTheRequestAnswered") {
  Door door;
  const auto both =
      door.say("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n\x01\x02 rubbish\r\n\r\n");
  CHECK(both.starts_with("HTTP/1.1 200"));
  CHECK(both.find("HTTP/1.1 400") != std::string::npos);
  CHECK(has_status(door.say("rubbish\r\n\r\n"), "400"));
  CHECK(has_status(door.say("POST /chat HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: "
                            "chunked\r\n\r\nabc"),
                   "400"));
  CHECK(door.refused(Refusal::kBadRequest) == 3);
}

TEST_CASE("ConnectionTest.PipelinedRequestsAreAnsweredInTurn") {
  Door door;
  const std::string one = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const auto answers = door.say(one + one + "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n");
  std::size_t count = 0;
  for (auto at = answers.find("HTTP/1.1 200"); at != answers.npos; ++count) {
    at = answers.find("HTTP/1.1 200", at + 1);
  }
  CHECK(count == 3);
}

TEST_CASE("ConnectionTest.ABodyThatIsFarTooLargeIsAnsweredBeforeItArrives") {
  Door door;
  const auto answer = door.say(
      "POST /chat HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 10737418240\r\n"
      "Expect: 100-continue\r\n\r\n{");
  CHECK(has_status(answer, "413"));
  CHECK(door.refused(Refusal::kBodyTooLarge) == 1);
}

TEST_CASE("ConnectionTest.ABodyThatIsOnItsWayTakesNobodysTurn") {
  Door door([](ServerOptions& options) { options.turns_in_flight = 1; });
  std::vector<Poco::Net::StreamSocket> slow;
  for (const std::string path : {"/chat", "/chat/batch"}) {
    slow.push_back(door.connect());
    const auto begun = "POST " + path +
                       " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                       "Content-Length: 50\r\n\r\n{";
    slow.back().sendBytes(begun.data(), static_cast<int>(begun.size()));
  }

  const auto answer = door.say(
      "POST /chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
      "Content-Length: 2\r\n\r\n{}");

  CHECK(has_status(answer, "422"));
}

TEST_CASE("ConnectionTest.APhotoOfWhichNothingComesIsNotWaitedForLong") {
  Door door([](ServerOptions& options) { options.read_timeout = 1s; });  // a photo has 120 s
  for (const auto* path : {"/upload", "/upload-async"}) {
    CHECK(has_status(door.say(std::string("POST ") + path +
                              " HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                              "Content-Length: 5000\r\n\r\n--b"),
                     "408"));
  }
  CHECK(door.refused(Refusal::kSlowBody) == 2);
}

TEST_CASE("ConnectionTest.OneAddressLeavesPlacesForThePhotosAndBatchesOfOthers") {
  const auto [path, type] =
      GENERATE(std::pair<std::string, std::string>("/upload", "multipart/form-data; boundary=b"),
               std::pair<std::string, std::string>("/chat/batch", "application/json"));
  Door door([](ServerOptions& options) {
    options.proxies = {"127.0.0.1"};
    options.rates.enabled = false;  // who asks again and again below is told something else
  });
  const auto head = "POST " + path + " HTTP/1.1\r\nContent-Type: " + type + "\r\n";
  const auto begin = [&](const std::string& address) {
    return head + "X-Forwarded-For: " + address + "\r\n";
  };
  const auto ask = [&](const std::string& address) {
    return door.say(begin(address) + "Content-Length: 1\r\nConnection: close\r\n\r\nx");
  };
  // One more slow one for each question: the question takes a place for a moment, too, so that a
  // slow one that comes just then may be refused in its stead.
  std::vector<Poco::Net::StreamSocket> slow;
  bool refused = false;
  while (!refused && slow.size() < 200) {
    slow.push_back(door.connect());
    const auto text = begin("192.0.2.1") + "Content-Length: 5000\r\n\r\n--b";
    slow.back().sendBytes(text.data(), static_cast<int>(text.size()));
    refused = has_status(ask("192.0.2.1"), "503");
  }

  CHECK(refused);
  CHECK(has_status(ask("192.0.2.2"), "400"));  // read, and neither form nor JSON
}

TEST_CASE("ConnectionTest.WhileThreadsAreScarceASmallBodyIsNotWaitedForLong") {
  Door door([](ServerOptions& options) {
    options.turns_in_flight = 1;
    options.keep_alive = 600s;  // an idle connection holds its thread for all of the test
  });
  // Each is answered before the next one comes, so that no time decides how many hold a thread:
  // all but the last one, which is not kept as threads are scarce with it, and will be with the
  // question in its place.
  const std::string idle = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
  std::vector<Poco::Net::StreamSocket> crowd;
  bool scarce = false;
  while (!scarce && crowd.size() < 65) {  // as many threads as the port has
    crowd.push_back(door.connect());
    crowd.back().sendBytes(idle.data(), static_cast<int>(idle.size()));
    char piece[4096];
    const int took = crowd.back().receiveBytes(piece, sizeof piece);
    REQUIRE(took > 0);
    scarce = std::string(piece, static_cast<std::size_t>(took)).find("Connection: Close") !=
             std::string::npos;
  }
  REQUIRE(scarce);

  // Else it would have half a minute, and this side waits for 20 s.
  CHECK(has_status(door.say("POST /chat HTTP/1.1\r\nContent-Type: application/json\r\n"
                            "Content-Length: 50\r\n\r\n{"),
                   "408"));
  CHECK(door.refused(Refusal::kSlowBody) == 1);
}

TEST_CASE("ConnectionTest.WhoAsksAndNeverReadsIsEndedAndCounted") {
  Door door([](ServerOptions& options) { options.read_timeout = 1s; });
  Poco::Net::StreamSocket socket(Poco::Net::SocketAddress::IPv4);
  socket.setReceiveBufferSize(4096);
  socket.connect(Poco::Net::SocketAddress("127.0.0.1", door.doors.port()));
  std::string many;
  for (int i = 0; i < 400; ++i) many += "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n";
  socket.sendBytes(many.data(), static_cast<int>(many.size()));

  REQUIRE(socket.poll(Poco::Timespan(60, 0), Poco::Net::Socket::SELECT_ERROR));  // a reset
  CHECK(door.refused(Refusal::kSlowReader) == 1);
}

TEST_CASE("ConnectionTest.TooManyOfOneAddressGetA503AndAFreedPlaceIsTaken") {
  Door door([](ServerOptions& options) { options.connections_per_address = 2; });
  auto one = door.connect();
  auto two = door.connect();
  const std::string ask = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (auto* socket : {&one, &two}) {
    socket->sendBytes(ask.data(), static_cast<int>(ask.size()));
    char piece[4096];
    REQUIRE(socket->receiveBytes(piece, sizeof piece) > 0);
  }

  const auto refused = door.say(ask);
  CHECK(has_status(refused, "503"));
  CHECK(refused.find("Retry-After: 2") != std::string::npos);
  CHECK(door.refused(Refusal::kConnectionsAddress) == 1);

  one.close();
  two.close();
  // The server notices that they are gone in its own time.
  const auto until = std::chrono::steady_clock::now() + 20s;
  while (door.figures->connections.load() > 1 && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
  CHECK(door.say("GET /health HTTP/1.1\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST_CASE("ConnectionTest.TooManyInAllGetA503") {
  Door door([](ServerOptions& options) {
    options.connections = 1;
    options.proxies = {"127.0.0.1"};  // not counted by address
    options.connections_per_address = 1;
  });
  auto one = door.connect();
  CHECK(has_status(door.say("GET /health HTTP/1.1\r\n\r\n"), "503"));
  CHECK(door.refused(Refusal::kConnectionsAll) == 1);
}

TEST_CASE("RateGateTest.TooManyOfAnAddressGetA429WithTheDraftsHeaders") {
  Door door([](ServerOptions& options) {
    options.rates.other = {0.001, 2};
    options.proxies = {"127.0.0.1"};
  });
  const std::map<std::string, std::string> from{{"X-Forwarded-For", "192.0.2.1"}};
  const auto first = door.doors.send("GET", "/api/page", "", from);
  CHECK(first.status == 200);
  CHECK(first.headers.at("RateLimit-Policy") == "\"requests\";q=2;w=2000");
  CHECK(first.headers.at("RateLimit") == "\"requests\";r=1;t=1000");
  CHECK(door.doors.send("GET", "/api/page", "", from).status == 200);

  const auto refused = door.doors.send("GET", "/api/page", "", from);
  CHECK(refused.status == 429);
  CHECK(std::stoi(refused.headers.at("Retry-After")) > 0);
  CHECK(refused.json().value("title", "") == "Too many requests");
  CHECK(door.refused(Refusal::kRateAddress) == 1);

  CHECK(door.doors.send("GET", "/health", "", from).status == 200);
  CHECK(door.doors.send("GET", "/api/page", "", {{"X-Forwarded-For", "192.0.2.2"}}).status == 200);
}

TEST_CASE("RateGateTest.TooManyMessagesOfASessionGetA429AndNoTurn") {
  Door door([](ServerOptions& options) { options.rates.session = {0.001, 1}; });
  door.doors.orchestrator.answer = [](const orchestrator::ChatRequest&) {
    return Outcome<orchestrator::ChatReply>(orchestrator::ChatReply{});
  };
  const auto chat = [&](const std::string& session) {
    return door.doors.send("POST", "/chat",
                           R"({"user_message":"hi","session_id":")" + session + R"("})",
                           {{"Content-Type", "application/json"}});
  };
  CHECK(chat("session-one").status == 200);
  CHECK(chat("session-one").status == 429);
  CHECK(chat("session-two").status == 200);
  CHECK(door.doors.orchestrator.asked.size() == 2);
  CHECK(door.refused(Refusal::kRateSession) == 1);
}

TEST_CASE("RateGateTest.SwitchedOffItSaysNothing") {
  Door door([](ServerOptions& options) {
    options.rates.enabled = false;
    options.rates.other = {0.001, 1};
  });
  for (int i = 0; i < 3; ++i) {
    const auto answer = door.doors.send("GET", "/api/page");
    CHECK(answer.status == 200);
    CHECK(answer.headers.count("RateLimit") == 0);
  }
}

}  // namespace dugout::http

// GET /api/attempts/{id}: who may ask, and what is answered.
#include <catch2/catch.hpp>

#include "doors_fixture.hpp"
#include "http/admin.hpp"

using namespace dugout;
using test::Doors;

namespace {

const std::string kToken = "a-token-of-operators";

std::function<void(http::ServerOptions&)> operators(const std::string& token = kToken) {
  return [token](http::ServerOptions& options) {
    options.admin_token = token;
    options.explain = [](const std::string& turn) -> Outcome<std::string> {
      if (turn == "turn_1") return std::string(R"({"turn":"turn_1"})");
      if (turn == "turn_broken") return Error{Code::kUnavailable, "the store cannot serve"};
      return Error{Code::kNotFound, "nothing"};
    };
  };
}

std::map<std::string, std::string> bearer(const std::string& token) {
  return {{"Authorization", "Bearer " + token}};
}

}  // namespace

TEST_CASE("AttemptsEndpointTest.AnOperatorIsToldHowAnAnswerCameAbout") {
  Doors doors(operators());

  const auto answer = doors.send("GET", "/api/attempts/turn_1", "", bearer(kToken));

  CHECK(answer.status == 200);
  CHECK(answer.headers.at("Content-Type") == "application/json");
  CHECK(answer.json()["turn"] == "turn_1");
  CHECK(doors.send("GET", "/api/attempts/turn_1", "", {{"Authorization", "bearer   " + kToken}})
            .status == 200);
}

TEST_CASE("AttemptsEndpointTest.WithoutATokenInTheSettingsThereIsNothing") {
  Doors doors(operators(""));

  for (const auto& headers : {bearer(""), bearer(kToken), std::map<std::string, std::string>{}}) {
    const auto answer = doors.send("GET", "/api/attempts/turn_1", "", headers);
    CHECK(answer.status == 404);
    CHECK(answer.headers.at("Content-Type") == "application/problem+json");
    CHECK(answer.headers.count("WWW-Authenticate") == 0);
  }
}

TEST_CASE("AttemptsEndpointTest.StrangersAreRefusedAndNothingOfThemIsLogged") {
  Doors doors(operators());

  const std::vector<std::string> values = {"",
                                           "Bearer",
                                           "Bearer ",
                                           "Bearer wrong-token-of-guess",
                                           "Bearer " + kToken + "x",
                                           "Bearer " + kToken.substr(1),
                                           "Basic " + kToken,
                                           kToken};
  for (const auto& value : values) {
    std::map<std::string, std::string> headers;
    if (!value.empty()) headers["Authorization"] = value;
    INFO(value);
    const auto answer = doors.send("GET", "/api/attempts/turn_1", "", headers);
    CHECK(answer.status == 401);
    CHECK(answer.headers.at("WWW-Authenticate") == "Bearer realm=\"operators\"");
    CHECK(answer.json()["status"] == 401);
  }
  CHECK(doors.lines("admin.refused").size() == 8);
  CHECK(doors.whole_log().find("token-of") == std::string::npos);
}

TEST_CASE("AttemptsEndpointTest.AnUnknownTurnIsNotFoundAndABrokenStoreIsTold") {
  Doors doors(operators());

  CHECK(doors.send("GET", "/api/attempts/turn_2", "", bearer(kToken)).status == 404);
  CHECK(doors.send("GET", "/api/attempts/tu%20rn", "", bearer(kToken)).status == 404);
  const auto broken = doors.send("GET", "/api/attempts/turn_broken", "", bearer(kToken));
  CHECK(broken.status == 503);
  CHECK(broken.headers.count("Retry-After") == 1);
}

TEST_CASE("AttemptsEndpointTest.AReplyNamesItsTurn") {
  Doors doors;
  doors.orchestrator.answer = [](const orchestrator::ChatRequest&) {
    orchestrator::ChatReply reply;
    reply.session_id = "session-one";
    reply.turn_id = "turn_1";
    return Outcome<orchestrator::ChatReply>(reply);
  };

  const auto answer = doors.send("POST", "/chat", R"({"user_message":"hello"})",
                                 {{"Content-Type", "application/json"}});

  CHECK(answer.status == 200);
  CHECK(answer.headers.at("X-Dugout-Turn") == "turn_1");
}

TEST_CASE("AdminTest.SecretsAreComparedWhole") {
  CHECK(http::same_secret("abc", "abc"));
  for (const auto* shown : {"", "ab", "abcd", "abd", "abcabc", "ABC"}) {
    CHECK_FALSE(http::same_secret("abc", shown));
  }
  CHECK_FALSE(http::same_secret("", ""));
  CHECK_FALSE(http::same_secret("", "abc"));
}

// GET /metrics, /api/dashboard and its events, over a real server.
#include <Poco/Net/HTTPMessage.h>
#include <Poco/Net/StreamSocket.h>

#include <catch2/catch.hpp>
#include <future>

#include "doors_fixture.hpp"
#include "dugout/sdk/dates.hpp"
#include "http/dashboard_data.hpp"
#include "http/operator_pass.hpp"
#include "support/fake_clock.hpp"
#include "support/turn_reports.hpp"

using namespace dugout;
using test::Doors, test::Json;

namespace {

const std::string kDashboardToken = "a-token-of-operators";
const std::map<std::string, std::string> kBearer = {{"Authorization", "Bearer " + kDashboardToken}};

using Change = std::function<void(http::ServerOptions&)>;

Change counting(std::atomic<int>& made, const Change& more = {}) {
  return [&made, more](http::ServerOptions& options) {
    options.admin_token = kDashboardToken;
    options.dashboard_every = std::chrono::milliseconds(5);
    options.dashboard = [&made] {
      return std::make_shared<const std::string>("{\"n\":" + std::to_string(++made) + "}");
    };
    options.metrics = [] { return std::make_shared<const std::string>("up 1\n"); };
    if (more) more(options);
  };
}

// A listener to events, byte by byte.
class Listener {
 public:
  explicit Listener(std::uint16_t port,
                    const std::string& header = "Authorization: Bearer " + kDashboardToken)
      : socket_(Poco::Net::SocketAddress("127.0.0.1", port)) {
    const std::string request =
        "GET /api/dashboard/events HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n";
    socket_.sendBytes(request.data(), static_cast<int>(request.size()));
    socket_.setReceiveTimeout(Poco::Timespan(20, 0));
  }
  // Reads on until `wanted` came so many times; false when the stream ended before.
  bool read_until(const std::string& wanted, int times = 1) {
    char buffer[512];
    while (count(wanted) < times) {
      const int got = socket_.receiveBytes(buffer, sizeof buffer);
      if (got <= 0) return false;
      text_.append(buffer, static_cast<std::size_t>(got));
    }
    return true;
  }
  bool ended() {
    char buffer[512];
    int got = 0;
    while ((got = socket_.receiveBytes(buffer, sizeof buffer)) > 0) {
      text_.append(buffer, static_cast<std::size_t>(got));
    }
    return got == 0;
  }
  const std::string& text() const { return text_; }

 private:
  int count(const std::string& wanted) const {
    int found = 0;
    for (auto at = text_.find(wanted); at != std::string::npos; at = text_.find(wanted, at + 1))
      ++found;
    return found;
  }

  Poco::Net::StreamSocket socket_;
  std::string text_;
};

}  // namespace

TEST_CASE("MetricsEndpointTest.IsOpenUnlessTheSettingsSayOtherwise") {
  std::atomic<int> made{0};
  Doors open(counting(made));

  const auto answer = open.send("GET", "/metrics");

  CHECK(answer.status == 200);
  CHECK(answer.body == "up 1\n");
  CHECK(answer.headers.at("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(open.send("HEAD", "/metrics").body.empty());
  CHECK(open.send("POST", "/metrics").status == 405);
}

TEST_CASE("MetricsEndpointTest.ATokenOfItsOwnOrTheOperatorsOpensIt") {
  std::atomic<int> made{0};
  Doors doors(counting(made, [](auto& options) { options.metrics_token = "a-token-of-scrapers"; }));

  CHECK(doors.send("GET", "/metrics").status == 401);
  CHECK(
      doors.send("GET", "/metrics", "", {{"Authorization", "Bearer a-token-of-scrapers"}}).status ==
      200);
  CHECK(doors.send("GET", "/metrics", "", kBearer).status == 200);
  CHECK(doors.send("GET", "/api/dashboard", "", {{"Authorization", "Bearer a-token-of-scrapers"}})
            .status == 401);
}

TEST_CASE("MetricsEndpointTest.WrongTokensShutItForTheirSenderAndNoOtherDoor") {
  std::atomic<int> made{0};
  Doors doors(counting(made, [](auto& options) { options.metrics_token = "a-token-of-scrapers"; }));
  const std::map<std::string, std::string> wrong{{"Authorization", "Bearer wrong"}};
  for (int at = 0; at < http::WrongTokens::kPerMinute; ++at) {
    CHECK(doors.send("GET", "/metrics", "", wrong).status == 401);
  }

  CHECK(doors.send("GET", "/metrics", "", wrong).status == 429);
  CHECK(doors.send("GET", "/metrics", "", kBearer).status == 429);  // no way to try that one either
  CHECK(doors.send("GET", "/api/dashboard", "", kBearer).status == 200);
}

TEST_CASE("MetricsEndpointTest.SwitchedOffThereIsNothing") {
  Doors doors;

  CHECK(doors.send("GET", "/metrics").status == 404);
}

TEST_CASE("DashboardTest.IsForOperators") {
  std::atomic<int> made{0};
  Doors doors(counting(made));

  CHECK(doors.send("GET", "/api/dashboard", "", kBearer).json()["n"] == 1);
  CHECK(doors.send("GET", "/api/dashboard").status == 401);
  CHECK(doors.send("GET", "/api/dashboard/events").status == 401);
  CHECK(doors.send("HEAD", "/api/dashboard/events", "", kBearer).status == 200);
  CHECK(made == 1);
}

TEST_CASE("DashboardEventsTest.TheDashboardComesAgainAndAgain") {
  std::atomic<int> made{0};
  Doors doors(counting(made));
  Listener listener(doors.port());

  REQUIRE(listener.read_until("event: dashboard\ndata: {\"n\":", 3));

  CHECK(listener.text().find("Content-Type: text/event-stream") != std::string::npos);
  CHECK(listener.text().find("retry: 3000\n\n") != std::string::npos);
  CHECK(listener.text().find("data: {\"n\":2}\n\n") != std::string::npos);
}

TEST_CASE("DashboardEventsTest.EndWhenTheServerStops") {
  std::atomic<int> made{0};
  Doors doors(
      counting(made, [](auto& options) { options.dashboard_every = std::chrono::hours(1); }));
  Listener listener(doors.port());
  REQUIRE(listener.read_until("data: "));

  doors.stop();

  CHECK(listener.ended());
}

TEST_CASE("DashboardEventsTest.EndWithTheOperatorsPass") {
  std::atomic<int> made{0};
  Doors doors(counting(made));
  const auto in = doors.send("POST", "/admin/session", R"({"token":")" + kDashboardToken + "\"}",
                             {{"Content-Type", "application/json"}});
  const auto& set = in.headers.at("Set-Cookie");
  const auto cookie = set.substr(0, set.find(';'));
  Listener listener(doors.port(), "Cookie: " + cookie);
  REQUIRE(listener.read_until("data: ", 2));

  doors.send("POST", "/admin/session/end", "",
             {{"Cookie", cookie}, {"Sec-Fetch-Site", "same-origin"}});

  CHECK(listener.ended());
}

TEST_CASE("DashboardEventsTest.OneTooManyIsToldAndAPlaceComesFreeAgain") {
  std::atomic<int> made{0};
  Doors doors(counting(made, [](auto& options) { options.dashboard_listeners = 2; }));
  const auto events = [&] { return std::make_unique<Listener>(doors.port()); };
  auto first = events(), second = events();
  REQUIRE(first->read_until("data: "));
  REQUIRE(second->read_until("data: "));

  auto third = events();
  REQUIRE(third->read_until("\r\n\r\n"));
  CHECK(third->text().find(" 503 ") != std::string::npos);
  CHECK(third->text().find("Retry-After") != std::string::npos);

  first.reset();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < until) {  // the server sees it go in its own time
    auto again = events();
    REQUIRE(again->read_until("\r\n\r\n"));
    if (again->text().find(" 200 ") != std::string::npos) return;
  }
  FAIL("no place came free");
}

TEST_CASE("DashboardDataTest.SaysWhatIsSoAndNullWhereNothingIs") {
  test::FakeClock clock;
  observability::Figures figures(test::sample_names(), clock);
  observability::Standing standing;
  const auto data = [&] {
    const auto snapshot = figures.snapshot();
    return Json::parse(http::dashboard_json(
        {snapshot, standing, clock.wall_now(), std::chrono::seconds(90), "1.2.3"}));
  };

  auto json = data();
  CHECK(json["at"] == "2025-10-01T13:00:00Z");
  CHECK(json["uptime_s"] == 90);
  CHECK(json["series"]["until"] == json["at"]);
  CHECK(json["health"]["state"] == "healthy");
  CHECK(json["health"]["success_rate"].is_null());
  CHECK(json["retry_metrics"]["success_rate"].is_null());
  CHECK(json["retry_metrics"]["by_call_type"].size() == 2);
  for (const auto* name : {"turns", "failed", "attempts", "p50_ms", "p95_ms"}) {
    CHECK(json["series"][name].size() == 60);
  }
  CHECK(json["series"]["p95_ms"][59].is_null());
  CHECK(json["stages"].size() == 9);
  CHECK(json["attempts"].empty());

  for (int at = 0; at < 4; ++at) figures.turn_ended(test::turn({test::attempt("ok")}));
  figures.turn_ended(test::turn({test::attempt("rate_limit")}));
  json = data();
  CHECK(json["health"]["state"] == "degraded");  // 0.8 is not above 0.8
  CHECK(json["health"]["success_rate"] == Approx(0.8));
  CHECK(json["health"]["reasons"].size() == 2);
  CHECK(json["retry_metrics"]["turns"] == 5);
  CHECK(json["retry_metrics"]["top_errors"][0]["class"] == "rate_limit");
  CHECK(json["retry_metrics"]["top_errors"][0]["share"] == 1.0);
  CHECK(json["series"]["turns"][59] == 5);
  CHECK(json["series"]["p50_ms"][59].get<double>() == Approx(500.0).epsilon(0.05));
  CHECK(json["attempts"].size() == 2);
  CHECK(json["sessions"]["active"] == 1);

  figures.turn_ended(test::turn({test::attempt("ok")}));
  CHECK(data()["health"]["state"] == "healthy");

  // The running minute began where the monotonic clock says, whatever the wall's second is.
  const auto rest = clock.now().time_since_epoch() % std::chrono::minutes(1);
  clock.advance(std::chrono::seconds(75) - rest);
  json = data();
  CHECK(json["series"]["began"] ==
        sdk::iso_time((clock.wall_now() - std::chrono::seconds(15)).time_since_epoch().count()));
}

TEST_CASE("DashboardDataTest.ShowsHowThingsStandWithoutWholeSessionIds") {
  test::FakeClock clock;
  observability::Figures figures(test::sample_names(), clock);
  observability::Standing standing;
  standing.now = clock.now();
  standing.targets = {{"openai/big", "open", 12.5, 2}};
  standing.providers = {{"openai", 3}};
  standing.plugins = {{"tool.sms", "1.0.0", "tool", "quarantined"}};
  standing.running = {{"ses_0123456789abcdef0123456789abcdef", "turn_9", "photo",
                       clock.now() - std::chrono::milliseconds(1500),
                       observability::Stage::kAttempt, "openai/big"}};
  standing.signals = {1, 2, 3, true};
  standing.retry_tokens = 40.0;
  standing.retry_tokens_limit = 100.0;
  const auto snapshot = figures.snapshot();

  const auto text =
      http::dashboard_json({snapshot, standing, clock.wall_now(), core::Duration{}, "1.2.3"});

  const auto json = Json::parse(text);
  CHECK(json["guards"]["targets"][0] ==
        Json{{"name", "openai/big"}, {"state", "open"}, {"retry_in_s", 12.5}, {"opened", 2}});
  CHECK(json["guards"]["under_way"][0] == Json{{"provider", "openai"}, {"attempts", 3}});
  CHECK(json["guards"]["retry_tokens"] == 40.0);
  CHECK(json["guards"]["retry_tokens_limit"] == 100.0);
  CHECK(json["plugins"][0]["generation"] == 1);
  CHECK(json["running"][0]["for_ms"] == 1500);
  CHECK(json["running"][0]["stage"] == "attempt");
  CHECK(json["running"][0]["session"].get<std::string>().size() == 16);
  CHECK(text.find("ses_0123") == std::string::npos);
  CHECK(json["health"]["reasons"].size() == 2);
  CHECK(json["telemetry"]["export_failing"] == true);
}

// Each plugin gets the services its manifest names and no other.
#include "host/services.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <thread>

#include "dugout/sdk/host.hpp"
#include "dugout/sdk/http.hpp"
#include "host/host.hpp"
#include "observability/log.hpp"
#include "support/fake_clock.hpp"

namespace dugout::host {
namespace {

class OneRow final : public RecordService {
 public:
  Outcome<std::string> find(std::string_view table, std::string_view where) override {
    if (table == "throws") throw std::runtime_error("disk gone");
    return "[" + std::string(table) + std::string(where) + "]";
  }
  Outcome<std::string> insert(std::string_view, std::string_view, std::string_view) override {
    return Error{Code::kConflict, "taken", R"({"id":"rec1"})"};
  }
  Outcome<std::string> update(std::string_view, std::string_view, std::string_view) override {
    return Error{Code::kNotFound, "no such row"};
  }
};

constexpr const char* kAll[] = {"log/1", "clock/1", "schema/1", "records/1", "http/1"};

}  // namespace

TEST_CASE("ServicesTest.OnlyWhatIsNeededIsServed") {
  for (const char* needed : kAll) {
    const HostTable table("tool.t", {needed});
    for (const char* asked : kAll) {
      INFO(needed << " needed, " << asked << " asked for");
      CHECK((table.table()->service(asked) != nullptr) == (std::string_view(needed) == asked));
    }
    CHECK(table.table()->service("soap/1") == nullptr);
    CHECK(table.table()->service(nullptr) == nullptr);
  }
}

TEST_CASE("ServicesTest.TwoPluginsDoNotShareTheirNeeds") {
  const HostTable clock("tool.a", {"clock/1"}), none("tool.b", {});

  CHECK(clock.table() != none.table());
  CHECK(clock.table()->service("clock/1") != nullptr);
  CHECK(none.table()->service("clock/1") == nullptr);
}

TEST_CASE("ServicesTest.SlotsRunOutAndComeBack") {
  std::vector<std::unique_ptr<HostTable>> tables;
  for (std::size_t at = 0; at < kMaxPlugins; ++at) {
    tables.push_back(std::make_unique<HostTable>("tool.t", std::vector<std::string>{}));
    REQUIRE(tables.back()->table() != nullptr);
  }

  CHECK(HostTable("tool.u", {}).table() == nullptr);
  tables.pop_back();
  CHECK(HostTable("tool.u", {}).table() != nullptr);
}

TEST_CASE("ServicesTest.ClockIsTheInstalledOne") {
  test::FakeClock clock;
  install_services({.clock = &clock});
  const HostTable table("tool.t", {"clock/1"});

  CHECK(sdk::Host(table.table()).unix_ms() == clock.wall_now().time_since_epoch().count());

  install_services({});
}

TEST_CASE("ServicesTest.LogLinesNameThePluginAndAreMasked") {
  test::FakeClock clock;
  std::string line;
  observability::Log log(clock, {}, [&](std::string_view text) { line = text; });
  install_services({.clock = &clock, .log = &log});
  const HostTable table("tool.t", {"log/1"});

  sdk::Host(table.table()).log(2, "called 07700900123");

  CHECK_THAT(line, Catch::Contains("tool.t"));
  CHECK_THAT(line, !Catch::Contains("900123"));
  install_services({});
}

TEST_CASE("ServicesTest.SchemaIsCheckedWithThePointerOfTheFirstError") {
  const HostTable table("tool.t", {"schema/1"});
  const sdk::Host host(table.table());
  constexpr auto kSchema = R"({"type":"object","properties":{"a":{"type":"integer"}}})";

  CHECK(host.check_schema(kSchema, R"({"a":1})"));
  const auto wrong = host.check_schema(kSchema, R"({"a":"x"})");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == Code::kWrongShape);
  CHECK_THAT(wrong.error().message, Catch::StartsWith("/a: "));
  CHECK(host.check_schema(R"({"type":5})", "{}").error().code == Code::kInvalid);
  CHECK(host.check_schema(kSchema, "{oops").error().code == Code::kMalformed);
}

TEST_CASE("ServicesTest.ManySchemasFromManyThreadsAreServed") {
  const HostTable table("tool.t", {"schema/1"});
  const sdk::Host host(table.table());
  std::vector<std::thread> threads;
  std::atomic<int> right{0};

  for (int at = 0; at < 4; ++at) {
    threads.emplace_back([&, at] {
      for (int number = 0; number < 100; ++number) {
        const auto schema = R"({"minimum":)" + std::to_string(number * (at % 2 + 1)) + "}";
        if (host.check_schema(schema, "1000")) ++right;
      }
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(right == 400);
}

TEST_CASE("ServicesTest.RecordsReachTheInstalledServiceAndFailuresAreStatuses") {
  OneRow rows;
  const HostTable table("tool.t", {"records/1"});
  const sdk::Host host(table.table());

  CHECK(host.find_rows("shirts", "{}").error().code == Code::kUnavailable);
  install_services({.records = &rows});
  CHECK(*host.find_rows("shirts", "{}") == "[shirts{}]");
  CHECK(host.find_rows("throws", "{}").error().code == Code::kInternal);
  const auto taken = host.insert_row("shirts", "key", "{}");
  CHECK(taken.error().code == Code::kConflict);
  CHECK(taken.error().detail == R"({"message":"taken","detail":{"id":"rec1"}})");
  CHECK(host.update_row("shirts", "rec9", "{}").error().code == Code::kNotFound);
  install_services({});
}

// Answers with what it was asked; "down" in the address is a service that cannot be reached.
class EchoService final : public HttpService {
 public:
  Outcome<HttpAnswer> send(const HttpCall& call) override {
    if (call.url.find("down") != std::string::npos) {
      return Error{Code::kUnavailable, "no connection", R"({"sent":false})"};
    }
    last = call;
    return HttpAnswer{201, {{"location", "/here"}}, call.method + " " + call.body, 2};
  }
  HttpCall last;
};

TEST_CASE("ServicesTest.HttpReachesTheInstalledServiceAndAnyStatusIsAnAnswer") {
  EchoService service;
  const HostTable table("tool.t", {"http/1"});
  const sdk::Host host(table.table());
  sdk::HttpCall call{"PUT", "http://up.example.org", {{"A", "b\"c"}}, "bytes", "idempotent", 500};

  CHECK(sdk::never_sent(sdk::send(host, call).error()));
  install_services({.http = &service});
  const auto answer = sdk::send(host, call);

  REQUIRE(answer);
  CHECK(answer->status == 201);
  CHECK(answer->head == R"({"headers":{"location":"/here"},"status":201,"tries":2})");
  CHECK(answer->body == "PUT bytes");
  CHECK(service.last.headers.at("A") == "b\"c");
  CHECK(service.last.effect == Effects::kIdempotent);
  CHECK(service.last.timeout == std::chrono::milliseconds(500));
  CHECK(service.last.deadline == std::chrono::milliseconds(1500));
  call.url = "http://down.example.org";
  CHECK(sdk::never_sent(sdk::send(host, call).error()));
  install_services({});
}

TEST_CASE("ServicesTest.AnHttpRequestThatIsWrongIsRefusedWithTheMember") {
  EchoService service;
  install_services({.http = &service});
  const HostTable table("tool.t", {"http/1"});
  const sdk::Host host(table.table());
  std::string head, body;
  const std::map<std::string, std::string> wrong{
      {"[]", "object"},
      {"{}", "url"},
      {R"({"url":"http://a","effect":"twice"})", "effect"},
      {R"({"url":"http://a","timeout_ms":0})", "timeout_ms"},
      {R"({"url":"http://a","headers":{"a":1}})", "headers"}};

  for (const auto& [request, member] : wrong) {
    const auto sent = host.send_http(request, "", head, body);
    REQUIRE_FALSE(sent);
    CHECK(sent.error().code == Code::kInvalid);
    CHECK_THAT(sent.error().detail, Catch::Contains(member));
  }
  install_services({});
}

}  // namespace dugout::host

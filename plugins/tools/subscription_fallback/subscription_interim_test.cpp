// The interim charge when a first try fails and a later day finishes the job: made once, with days
// that are still ahead, and never in a month that the ongoing charges cover.
#include "support/subscription_stage.hpp"

namespace subscription_interim_test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using dugout::test::ServiceCall;
using dugout::test::ServiceReply;
using nlohmann::json;

namespace {

using subscription_fallback::test::kDayMs;
using subscription_fallback::test::kHosted;
using subscription_fallback::test::kId;
using subscription_fallback::test::kStartMs;

// Each order makes one subscription for each key. An order may be turned away, or its answer lost.
struct Service {
  std::string next_charge;
  std::string down;  // the kind of order that finds the service down; "*" = each
  std::string lost;  // the kind of order whose answer is lost
  json made = json::object();

  static bool is(const std::string& kind, const ServiceCall& call) {
    return kind == "*" || (!kind.empty() && call.body.find('"' + kind + '"') != std::string::npos);
  }

  ServiceReply look(const ServiceCall& call) const {
    if (call.url.find("/mandates/") != std::string::npos) {
      return {200, json{{"mandates", {{"next_possible_charge_date", next_charge}}}}.dump()};
    }
    for (const auto& one : made) {
      if (call.url.ends_with("/subscriptions/" + one["id"].get<std::string>())) {
        return {200, json{{"subscriptions", one}}.dump()};
      }
    }
    return {404, R"({"error":{"type":"invalid_api_usage","code":404}})"};
  }

  ServiceReply answer(const ServiceCall& call) {
    if (call.method == "GET") return look(call);
    if (is(down, call)) return {503, ""};
    const auto key = call.header("Idempotency-Key");
    if (made.contains(key)) {
      const json error{{"type", "invalid_state"},
                       {"code", 409},
                       {"errors",
                        {{{"reason", "idempotent_creation_conflict"},
                          {"links", {{"conflicting_resource_id", made[key]["id"]}}}}}}};
      return {409, json{{"error", error}}.dump()};
    }
    auto body = json::parse(call.body)["subscriptions"];
    body["id"] = "SB" + body["metadata"]["subscription_type"].get<std::string>();
    made[key] = body;
    if (is(lost, call)) return {0, "", json::object(), true};
    return {201, json{{"subscriptions", body}}.dump()};
  }

  const json& of(const std::string& kind) const {
    return made.at("subscription-" + kind + "-BRQTEST00001");
  }
};

Service& start(int preferred_day) {
  static Service service;
  service = {};
  dugout::test::reset_services();
  rows()["registrations"] = json::array({{{"id", "recTEST1"},
                                          {"billing_request_id", "BRQTEST00001"},
                                          {"mandate_id", "MDTEST1"},
                                          {"player_full_name", "Alfie Barlow"},
                                          {"preferred_payment_day", preferred_day},
                                          {"signing_on_fee_paid", "Y"},
                                          {"mandate_authorised", "Y"},
                                          {"registration_status", "active"}}});
  dugout::test::answer_http([](const ServiceCall& call) { return service.answer(call); });
  return service;
}

const json& row() {
  return rows()["registrations"][0];
}

// The daily run at noon of a day of October 2025.
void run_on(PluginUnderTest& tool, int day) {
  dugout::test::set_unix_ms(kStartMs + (day - 1) * kDayMs);
  tool.run(json::object(), "day " + std::to_string(day));
}

}  // namespace

TEST_CASE("SubscriptionInterimTest.LaterDayMakesTheChargeThatTheFirstCouldNot") {
  auto& service = start(12);
  service.next_charge = "2025-10-16";
  service.down = "*";
  PluginUnderTest tool(kId, kHosted);
  run_on(tool, 10);
  REQUIRE(service.made.empty());

  service.down.clear();
  service.next_charge = "2025-10-20";
  run_on(tool, 14);

  REQUIRE(service.made.size() == 2);
  CHECK(service.of("interim")["start_date"] == "2025-10-20");
  CHECK(service.of("interim")["end_date"] == "2025-10-31");
  CHECK(service.of("interim")["day_of_month"] == "20");
  CHECK(service.of("ongoing")["start_date"] == "2025-11-12");
  CHECK(row()["interim_subscription_id"] == "SBinterim");
  CHECK(row()["ongoing_subscription_id"] == "SBongoing");
  CHECK(row()["subscription_start_date"] == "2025-11-12");
}

TEST_CASE("SubscriptionInterimTest.ChargeThatWasMadeIsFoundAgainAndNotMadeTwice") {
  auto& service = start(12);
  service.next_charge = "2025-10-16";
  service.lost = "interim";
  PluginUnderTest tool(kId, kHosted);
  run_on(tool, 10);
  REQUIRE(service.made.size() == 1);

  service.lost.clear();
  service.next_charge = "2025-10-20";
  run_on(tool, 14);

  CHECK(service.made.size() == 2);
  CHECK(service.of("interim")["start_date"] == "2025-10-16");
  CHECK(row()["interim_subscription_id"] == "SBinterim");
  CHECK(row()["ongoing_subscription_id"] == "SBongoing");
}

TEST_CASE("SubscriptionInterimTest.MonthOfTheOngoingChargesIsNotChargedTwice") {
  auto& service = start(12);
  service.next_charge = "2025-10-16";
  service.down = "*";
  PluginUnderTest tool(kId, kHosted);
  run_on(tool, 10);

  service.down.clear();
  service.next_charge = "2025-11-04";
  run_on(tool, 30);

  CHECK(service.made.size() == 1);
  CHECK(service.of("ongoing")["start_date"] == "2025-11-12");
  CHECK_FALSE(row().contains("interim_subscription_id"));
}

// The first order never arrived, a later one with fresh days did: its days are those that hold.
TEST_CASE("SubscriptionInterimTest.StartDateIsThatOfTheOrderThatArrived") {
  auto& service = start(15);
  service.next_charge = "2025-10-07";
  service.down = "*";
  PluginUnderTest tool(kId, kHosted);
  run_on(tool, 1);

  service.down.clear();
  service.lost = "ongoing";
  service.next_charge = "2025-10-24";
  run_on(tool, 20);
  REQUIRE(service.of("ongoing")["start_date"] == "2025-11-15");
  service.lost.clear();
  run_on(tool, 21);

  CHECK(row()["ongoing_subscription_id"] == "SBongoing");
  CHECK(row()["subscription_start_date"] == "2025-11-15");
}

TEST_CASE("SubscriptionInterimTest.StartDateIsNotThatOfAnOrderThatCameTooLate") {
  auto& service = start(15);
  service.next_charge = "2025-10-07";
  service.lost = "ongoing";
  PluginUnderTest tool(kId, kHosted);
  run_on(tool, 1);
  REQUIRE(service.of("ongoing")["start_date"] == "2025-10-15");

  service.next_charge = "2025-10-24";
  run_on(tool, 20);

  CHECK(row()["ongoing_subscription_id"] == "SBongoing");
  CHECK(row()["subscription_start_date"] == "2025-10-15");
}

}  // namespace subscription_interim_test

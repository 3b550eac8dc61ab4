// The monthly charges: which field an event sets, and that the latest one decides in every order.
#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>

#include "support/plugin_harness.hpp"

namespace apply_payment_months_test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.apply_payment_event";

json monthly(const std::string& action, const std::string& at, const std::string& id,
             const std::string& subscription = "SBTEST1") {
  return {{"event",
           {{"id", id},
            {"created_at", at},
            {"resource_type", "payments"},
            {"action", action},
            {"links", {{"payment", "PM" + id}, {"subscription", subscription}}}}}};
}

void start() {
  dugout::test::reset_services();
  rows()["registrations"] = json::array({{{"id", "recTEST1"},
                                          {"billing_request_id", "BRQTEST00001"},
                                          {"ongoing_subscription_id", "SBTEST1"},
                                          {"interim_subscription_id", "SBTEST2"},
                                          {"signing_on_fee_paid", "N"},
                                          {"registration_status", "pending_payment"}}});
}

const json& row() {
  return rows()["registrations"][0];
}

// Three events of October, the latest of which says that it was paid.
std::vector<json> october() {
  return {monthly("submitted", "2025-10-13T06:00:00.000Z", "EV1"),
          monthly("failed", "2025-10-16T06:00:00.000Z", "EV2"),
          monthly("confirmed", "2025-10-20T06:00:00.000Z", "EV3")};
}

}  // namespace

TEST_CASE("ApplyPaymentMonthsTest.LatestEventOfAMonthDecidesInEveryOrder") {
  const auto events = october();
  std::vector<int> order{0, 1, 2};
  do {
    CAPTURE(order);
    start();
    PluginUnderTest tool(kId);
    for (const int at : order) {
      for (int time = 0; time < 2; ++time) {
        CHECK(tool.run(events[static_cast<std::size_t>(at)])["data"]["applied"] == true);
      }
    }
    CHECK(row()["oct_subscription_payment_status"] == "confirmed");
    CHECK(row()["registration_status"] == "pending_payment");
    CHECK(row()["signing_on_fee_paid"] == "N");
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("ApplyPaymentMonthsTest.EachActionAndMonthHasItsField") {
  start();
  PluginUnderTest tool(kId);

  tool.run(monthly("failed", "2025-09-01T00:00:00.000Z", "EV1"));
  tool.run(monthly("confirmed", "2025-10-14T00:00:00.000Z", "EV2", "SBTEST2"));
  tool.run(monthly("cancelled", "2026-01-15T00:00:00.000Z", "EV3"));
  tool.run(monthly("charged_back", "2026-02-15T00:00:00.000Z", "EV4"));
  tool.run(monthly("submitted", "2026-05-31T23:59:59.000Z", "EV5"));

  CHECK(row()["sep_subscription_payment_status"] == "failed");
  CHECK(row()["oct_subscription_payment_status"] == "confirmed");
  CHECK(row()["jan_subscription_payment_status"] == "cancelled");
  CHECK(row()["feb_subscription_payment_status"] == "charged_back");
  CHECK(row()["may_subscription_payment_status"] == "submitted");
  const auto before = row();
  for (const auto* at : {"2025-08-31T23:59:59.000Z", "2026-06-01T00:00:00.000Z", "soon", ""}) {
    CHECK(tool.run(monthly("confirmed", at, "EV6"))["data"]["applied"] == false);
  }
  CHECK(row() == before);
}

TEST_CASE("ApplyPaymentMonthsTest.ThreadsEndWithTheLatestToo") {
  for (int round = 0; round < 20; ++round) {
    start();
    PluginUnderTest tool(kId);
    std::vector<std::thread> threads;
    for (const auto& event : october()) threads.emplace_back([&tool, event] { tool.run(event); });
    for (auto& thread : threads) thread.join();

    CHECK(row()["oct_subscription_payment_status"] == "confirmed");
  }
}

// An interim charge that fails and an ongoing one that is paid may speak of one month.
TEST_CASE("ApplyPaymentMonthsTest.LatestEventOfBothSubscriptionsDecidesInEveryOrder") {
  const std::vector<json> events{
      monthly("failed", "2025-11-03T06:00:00.000Z", "EV1", "SBTEST2"),
      monthly("submitted", "2025-11-10T06:00:00.000Z", "EV2", "SBTEST1"),
      monthly("confirmed", "2025-11-14T06:00:00.000Z", "EV3", "SBTEST1")};
  std::vector<int> order{0, 1, 2};
  do {
    CAPTURE(order);
    start();
    PluginUnderTest tool(kId);
    for (const int at : order) tool.run(events[static_cast<std::size_t>(at)]);

    CHECK(row()["nov_subscription_payment_status"] == "confirmed");
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace apply_payment_months_test

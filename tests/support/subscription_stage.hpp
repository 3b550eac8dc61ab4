// What the tests of missing subscriptions share: a registration, and the payment service with one
// subscription for each key.
#pragma once

#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace subscription_fallback::test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using dugout::test::ServiceCall;
using dugout::test::ServiceReply;
using nlohmann::json;

inline constexpr const char* kId = "tool.subscription_fallback";
inline constexpr std::int64_t kDayMs = 86'400'000;
inline constexpr std::int64_t kStartMs = 1'759'320'000'000;  // 2025-10-01 12:00 UTC

inline const json kHosted{{"payments",
                           {{"backend", "gocardless"},
                            {"access_token", "test-token"},
                            {"base_url", "https://pay.example.org/api"}}}};

inline std::string mandates(const std::string& next_charge) {
  return json{
      {"mandates",
       {{"id", "MDTEST1"}, {"status", "active"}, {"next_possible_charge_date", next_charge}}}}
      .dump();
}

// Mandates, billing requests, and each subscription once for each key.
struct Service {
  std::string next_charge = "2025-10-07";
  json made = json::object();  // by key
  int subscriptions = 0;

  ServiceReply answer(const ServiceCall& call) {
    if (call.url.find("/mandates/") != std::string::npos) return {200, mandates(next_charge)};
    if (call.url.find("/billing_requests/") != std::string::npos) {
      return {200, R"({"billing_requests":{"id":"BRQTEST00001","status":"fulfilled",
                       "links":{"mandate_request_mandate":"MDTEST1"}}})"};
    }
    for (const auto& one : made) {
      if (call.method == "GET") return {200, json{{"subscriptions", one}}.dump()};
    }
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
    body["id"] = "SBTEST" + std::to_string(++subscriptions);
    made[key] = body;
    return {201, json{{"subscriptions", body}}.dump()};
  }
};

inline json registration(const std::string& number = "1") {
  return {{"id", "recTEST" + number},
          {"billing_request_id", "BRQTEST0000" + number},
          {"player_full_name", "Alfie Barlow"},
          {"player_last_name", "Barlow"},
          {"parent_full_name", "Helen Barlow"},
          {"team", "Lions"},
          {"season", "2526"},
          {"preferred_payment_day", "15"},
          {"monthly_subscription_amount", "27.50"},
          {"signing_on_fee_paid", "Y"},
          {"mandate_authorised", "Y"},
          {"registration_status", "active"}};
}

inline Service& start(json all) {
  static Service service;
  service = {};
  dugout::test::reset_services();
  rows()["registrations"] = std::move(all);
  dugout::test::answer_http([](const ServiceCall& call) { return service.answer(call); });
  return service;
}

inline std::int64_t noon_of(int days_after_start) {
  return kStartMs + days_after_start * kDayMs;
}

inline int posts() {
  int count = 0;
  for (const auto& call : dugout::test::http_calls()) count += call.method == "POST" ? 1 : 0;
  return count;
}

inline const json& row() {
  return rows()["registrations"][0];
}

}  // namespace subscription_fallback::test

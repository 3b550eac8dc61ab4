// What the tests of payment events share: a registration, the payment service with one subscription
// for each key, a folder for the SMS, and the events.
#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "support/plugin_harness.hpp"

namespace apply_payment_event::test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using dugout::test::ServiceCall;
using dugout::test::ServiceReply;
using nlohmann::json;

inline constexpr const char* kId = "tool.apply_payment_event";
inline constexpr const char* kRequest = "BRQTEST00001";

inline json registration(const std::string& number = "1", const std::string& player = "Alfie") {
  return {{"id", "recTEST" + number},
          {"billing_request_id", "BRQTEST0000" + number},
          {"player_first_name", player},
          {"player_last_name", "Barlow"},
          {"player_full_name", player + " Barlow"},
          {"parent_first_name", "Helen"},
          {"parent_full_name", "Helen Barlow"},
          {"parent_telephone", "07700900123"},
          {"team", "Lions"},
          {"age_group", "u9"},
          {"season", "2526"},
          {"preferred_payment_day", "15"},
          {"monthly_subscription_amount", "27.50"},
          {"signing_on_fee_paid", "N"},
          {"mandate_authorised", "N"},
          {"subscription_activated", "N"},
          {"registration_status", "pending_payment"}};
}

// A stage of its own for each test: rows, the service, and a folder for the SMS.
struct Stage {
  std::mutex mutex;            // guards the members below: tools run on several threads
  json made = json::object();  // subscriptions by key
  std::string next_charge = "2025-10-07";
  int strangers = 0;                // calls without the right headers
  std::vector<ServiceReply> first;  // answered to orders before the service works
  std::string folder = (std::filesystem::temp_directory_path() /
                        ("dugout_payment_events_" + std::to_string(getpid())))
                           .string();

  explicit Stage(json all = json::array({registration()})) {
    dugout::test::reset_services();
    std::filesystem::remove_all(folder);
    rows()["registrations"] = std::move(all);
    dugout::test::answer_http([this](const ServiceCall& call) { return answer(call); });
  }
  ~Stage() {
    dugout::test::answer_http(nullptr);
    std::filesystem::remove_all(folder);
  }

  ServiceReply answer(const ServiceCall& call) {
    const std::lock_guard lock(mutex);
    // No CHECK here: several threads may ask at once.
    strangers += call.header("Authorization") != "Bearer test-token" ||
                         call.header("GoCardless-Version") != "2015-07-06"
                     ? 1
                     : 0;
    if (call.url.find("/mandates/") != std::string::npos) {
      const json mandate{
          {"id", "MDTEST1"}, {"status", "active"}, {"next_possible_charge_date", next_charge}};
      return {200, json{{"mandates", mandate}}.dump()};
    }
    if (call.method == "GET") return {200, json{{"subscriptions", *made.begin()}}.dump()};
    if (!first.empty()) {
      const auto reply = first.front();
      first.erase(first.begin());
      return reply;
    }
    const auto key = call.header("Idempotency-Key");
    if (made.contains(key)) {
      const json error{{"type", "invalid_state"},
                       {"errors",
                        {{{"reason", "idempotent_creation_conflict"},
                          {"links", {{"conflicting_resource_id", made[key]["id"]}}}}}}};
      return {409, json{{"error", error}}.dump()};
    }
    auto body = json::parse(call.body)["subscriptions"];
    body["id"] = "SBTEST" + std::to_string(made.size() + 1);
    made[key] = body;
    return {201, json{{"subscriptions", body}}.dump()};
  }

  json config() const {
    return {{"data_folder", folder},
            {"payments",
             {{"backend", "gocardless"},
              {"access_token", "test-token"},
              {"base_url", "https://pay.example.org/api"}}}};
  }

  std::vector<json> messages() const {
    std::vector<json> out;
    if (!std::filesystem::exists(folder + "/outbox")) return out;
    for (const auto& entry : std::filesystem::directory_iterator(folder + "/outbox")) {
      std::ifstream file(entry.path());
      out.push_back(json::parse(file));
    }
    return out;
  }
};

inline json event(const std::string& type, const std::string& action, json links,
                  const std::string& id = "", const std::string& at = "2025-10-01T12:00:00.000Z") {
  return {{"event",
           {{"id", id.empty() ? "EV-" + type + "-" + action : id},
            {"created_at", at},
            {"resource_type", type},
            {"action", action},
            {"links", std::move(links)}}}};
}

inline json paid(const std::string& request = kRequest) {
  return event("payments", "confirmed", {{"payment", "PMTEST1"}, {"billing_request", request}});
}

inline json authorised(const std::string& request = kRequest) {
  return event("mandates", "active", {{"mandate", "MDTEST1"}, {"billing_request", request}});
}

inline json fulfilled(const std::string& request = kRequest) {
  return event("billing_requests", "fulfilled",
               {{"billing_request", request},
                {"mandate_request_mandate", "MDTEST1"},
                {"payment_request_payment", "PMTEST1"}});
}

inline json monthly(const std::string& action, const std::string& at, const std::string& id,
                    const std::string& subscription = "SBTEST1") {
  return event("payments", action, {{"payment", "PM" + id}, {"subscription", subscription}}, id,
               at);
}

inline const json& row(std::size_t at = 0) {
  return rows()["registrations"][at];
}

inline int posts() {
  int count = 0;
  for (const auto& call : dugout::test::http_calls()) count += call.method == "POST" ? 1 : 0;
  return count;
}

inline void check_final_state(const Stage& stage) {
  CHECK(row()["signing_on_fee_paid"] == "Y");
  CHECK(row()["mandate_authorised"] == "Y");
  CHECK(row()["mandate_id"] == "MDTEST1");
  CHECK(row()["registration_status"] == "active");
  CHECK(row()["subscription_activated"] == "Y");
  CHECK(row()["subscription_status"] == "active");
  CHECK(row()["ongoing_subscription_id"] == "SBTEST1");
  CHECK(row()["subscription_start_date"] == "2025-10-15");
  CHECK(row()["monthly_subscription_amount"] == "27.50");
  CHECK_FALSE(row().contains("subscription_error"));
  REQUIRE(stage.made.size() == 1);
  CHECK((*stage.made.begin())["amount"] == "2750");
  CHECK((*stage.made.begin())["start_date"] == "2025-10-15");
  CHECK(rows()["subscriptions"].size() == 1);
  CHECK(stage.messages().size() == 1);
  CHECK(stage.strangers == 0);
}

}  // namespace apply_payment_event::test

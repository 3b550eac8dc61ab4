// What the tests of open payments share: registrations of some days ago, a team with its manager,
// and the messages that went out.
#pragma once

#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"
#include "support/twilio_service.hpp"

namespace payment_chasing::test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using dugout::test::ServiceReply;
using dugout::test::TwilioService;
using nlohmann::json;

inline constexpr const char* kId = "tool.payment_chasing";
inline constexpr std::int64_t kNow = 1'759'320'000'000;  // 2025-10-01 12:00 UTC
inline constexpr std::int64_t kDay = 86'400'000;
inline const ServiceReply kLost{0, "", json::object(), true};

// A registration of so many days ago that was chased so often; `n` makes it different.
inline json registration(int n, int days, json count) {
  const auto id = std::to_string(n);
  const auto day =
      days == 0 ? "2025-10-01"
                : "2025-09-" + std::string(31 - days < 10 ? "0" : "") + std::to_string(31 - days);
  return {{"id", "rec" + id},
          {"player_first_name", "Alfie"},
          {"player_last_name", "Barlow"},
          {"parent_first_name", "Helen"},
          {"parent_telephone", "07700900" + std::to_string(100 + n)},
          {"team", "Lions"},
          {"age_group", "u9"},
          {"season", "2526"},
          {"billing_request_id", "BRQTEST00" + std::to_string(1000 + n)},
          {"registration_status", "pending_payment"},
          {"signing_on_fee_paid", "N"},
          {"payment_follow_up_count", std::move(count)},
          {"initial_db_write_timestamp", day + "T12:00:00Z"}};
}

struct Stage {
  struct Reset {
    Reset() { dugout::test::reset_services(); }
  } reset;
  TwilioService twilio;
  PluginUnderTest tool{kId, TwilioService::settings()};

  Stage() {
    rows()["teams"] = json::array({{{"id", "team1"},
                                    {"short_team_name", "Lions"},
                                    {"age_group", "u9s"},
                                    {"current_season", "2526"},
                                    {"manager_phone", "07700 900701"}}});
    rows()["registrations"] = json::array();
  }
  void add(json row) { rows()["registrations"].push_back(std::move(row)); }
  json& row(std::size_t at = 0) { return rows()["registrations"][at]; }
  json run(const char* job = "job-1") { return tool.run(json::object(), job); }
};

}  // namespace payment_chasing::test

// The rule of when monthly charges start, seen through a dry run.
#include "support/subscription_stage.hpp"

namespace subscription_rule_test {

using namespace subscription_fallback::test;

namespace {

struct Line {
  const char* now;
  int days;  // of now, from 2025-10-01
  int preferred;
  const char* next_charge;
  const char* interim;  // its start; empty = none
  const char* interim_end;
  const char* starts;
  int day_of_month;  // 0 = nothing is charged
};

// What a dry run on that day says of a registration that prefers that day of the month.
json told_of(const Line& line) {
  auto one = registration();
  one["preferred_payment_day"] = line.preferred;
  start(json::array({one})).next_charge = line.next_charge;
  dugout::test::set_unix_ms(noon_of(line.days));
  PluginUnderTest tool(kId, kHosted);
  return tool.run({{"dry_run", true}})["data"]["registrations"][0];
}

}  // namespace

// Facts 6.3, row by row. Mended: the second row makes no interim subscription, the fourteenth does
// not charge December twice, and the last one charges nothing.
TEST_CASE("SubscriptionFallbackTest.EveryRowOfTheTableStartsOnItsDay") {
  const Line lines[] = {
      {"2025-07-15", -78, 10, "2025-07-21", "", "", "2025-09-10", 10},
      {"2025-07-08", -85, 10, "2025-07-14", "", "", "2025-09-10", 10},
      {"2025-08-20", -42, 31, "2025-08-26", "", "", "2025-09-30", -1},
      {"2025-08-20", -42, -1, "2025-08-26", "", "", "2025-09-30", -1},
      {"2025-08-27", -35, 2, "2025-09-02", "", "", "2025-09-02", 2},
      {"2025-08-28", -34, 2, "2025-09-03", "", "", "2025-09-03", 2},
      {"2025-08-30", -32, 2, "2025-09-05", "", "", "2025-09-05", 2},
      {"2025-10-01", 0, 15, "2025-10-07", "", "", "2025-10-15", 15},
      {"2025-10-08", 7, 10, "2025-10-14", "2025-10-14", "2025-10-31", "2025-11-10", 10},
      {"2025-10-10", 9, 12, "2025-10-16", "2025-10-16", "2025-10-31", "2025-11-12", 12},
      {"2025-10-11", 10, 12, "2025-10-17", "", "", "2025-10-17", 12},
      {"2025-10-20", 19, 15, "2025-10-24", "", "", "2025-11-15", 15},
      {"2025-10-29", 28, -1, "2025-11-04", "", "", "2025-11-04", -1},
      {"2025-11-08", 38, 10, "2025-12-01", "", "", "2025-12-10", 10},
      {"2025-12-08", 68, 10, "2025-12-12", "2025-12-13", "2025-12-31", "2026-01-10", 10},
      {"2026-01-31", 122, 31, "2026-02-05", "", "", "2026-02-28", -1},
      {"2026-05-02", 213, 1, "2026-05-08", "", "", "2026-06-01", 0},
  };
  REQUIRE(std::size(lines) == 17);
  for (const auto& line : lines) {
    CAPTURE(line.now, line.preferred);
    const auto told = told_of(line);

    CHECK(told["subscription_start_date"] == line.starts);
    CHECK(told.contains("interim") == (line.interim[0] != '\0'));
    CHECK(told.value("no_charge_left", false) == (line.day_of_month == 0));
    if (told.contains("interim")) {
      CHECK(told["interim"]["start_date"] == line.interim);
      CHECK(told["interim"]["end_date"] == line.interim_end);
    }
    if (line.day_of_month != 0) {
      CHECK(told["ongoing"]["start_date"] == line.starts);
      CHECK(told["ongoing"]["day_of_month"] == line.day_of_month);
      CHECK(told["ongoing"]["end_date"] == "2026-06-01");
    }
  }
}

// What the table does not say: months that lack the day, the last day itself, a season that ends.
TEST_CASE("SubscriptionFallbackTest.NoMonthIsChargedTwiceAndNoneAfterTheSeason") {
  const Line lines[] = {
      {"2025-11-05", 35, 31, "2025-11-11", "", "", "2025-11-30", -1},
      {"2025-11-05", 35, 29, "2025-11-11", "", "", "2025-11-30", -1},
      {"2026-01-31", 122, -1, "2026-02-05", "", "", "2026-02-28", -1},
      {"2026-01-29", 120, 30, "2026-02-04", "", "", "2026-02-04", -1},
      {"2025-11-08", 38, 10, "2025-12-20", "", "", "2025-12-20", 10},
      {"2026-05-28", 239, 15, "2026-06-03", "", "", "2026-06-15", 0},
  };
  for (const auto& line : lines) {
    CAPTURE(line.now, line.preferred);
    const auto told = told_of(line);

    CHECK(told["subscription_start_date"] == line.starts);
    CHECK_FALSE(told.contains("interim"));
    CHECK(told.value("no_charge_left", false) == (line.day_of_month == 0));
  }
}

TEST_CASE("SubscriptionFallbackTest.AnInterimChargeIsMadeWhenOnlyTheLastMonthIsLeft") {
  auto one = registration();
  one["preferred_payment_day"] = 5;
  auto& service = start(json::array({one}));
  service.next_charge = "2026-05-08";
  dugout::test::set_unix_ms(noon_of(213));  // 2026-05-02
  PluginUnderTest tool(kId, kHosted);

  tool.run(json::object());

  CHECK(service.subscriptions == 1);
  CHECK(row()["interim_subscription_id"] == "SBTEST1");
  CHECK_FALSE(row().contains("ongoing_subscription_id"));
  CHECK(row()["subscription_start_date"] == "2026-05-08");
}

}  // namespace subscription_rule_test

// Days and times as texts and numbers, against the calendar of the standard library.
#include "dugout/sdk/dates.hpp"

#include <catch2/catch.hpp>
#include <chrono>

namespace dugout::sdk {
namespace {

TEST_CASE("DatesTest.EveryDayOfFourCenturiesIsCountedAndFoundAgain") {
  using namespace std::chrono;
  const sys_days last = year(2200) / January / 1;
  bool all = true;
  int count = 0;
  for (sys_days day = year(1800) / January / 1; day < last; day += days(1), ++count) {
    const year_month_day want(day);
    const auto number = day.time_since_epoch().count();
    const auto found = date_of_unix_ms(std::int64_t{number} * 86'400'000);
    all = all && found.year == static_cast<int>(want.year()) &&
          found.month == static_cast<int>(static_cast<unsigned>(want.month())) &&
          found.day == static_cast<int>(static_cast<unsigned>(want.day())) &&
          days_since_1970(found) == number;
  }

  CHECK(count == 146'097);
  CHECK(all);
}

TEST_CASE("DatesTest.TimesAreWrittenAsTheStandardHasThem") {
  CHECK(iso_day({2025, 9, 1}) == "2025-09-01");
  CHECK(iso_time(1'759'320'000'000) == "2025-10-01T12:00:00Z");
  CHECK(iso_time(1'759'320'000'999) == "2025-10-01T12:00:00Z");
  CHECK(iso_time(951'868'799'000) == "2000-02-29T23:59:59Z");
  CHECK(iso_time(0) == "1970-01-01T00:00:00Z");
  CHECK(iso_time(-1) == "1969-12-31T23:59:59Z");
}

}  // namespace
}  // namespace dugout::sdk

// When a parent's monthly charges start: a pure rule over the moment, the preferred day, the first
// day the bank allows, and the season. [any]
#pragma once

#include <optional>

#include "dugout/sdk/outcome.hpp"
#include "payments/settings.hpp"

namespace payments {

// One subscription at the provider.
struct Charges {
  Date start, end;       // the end is exclusive, as the provider counts
  int day_of_month = 0;  // 1 to 28, or -1 = the last; 0 = that of the start
};

struct Amounts {
  int base_pence = 0;
  int discount_percent = 0;  // 0 = no sibling
};

struct Plan {
  int amount_pence = 0;
  std::optional<Charges> interim;  // one charge, when the preferred day is too close
  std::optional<Charges> ongoing;  // none = no charge is left on or after `starts`
  Date starts;                     // what the ongoing charges' start came to

  bool no_charge_left() const { return !interim && !ongoing; }
};

// kInvalid when the day is neither -1 nor 1 to 31. The days 29 to 31 mean the last of the month:
// the provider knows no other way that charges in every month.
dugout::Outcome<Plan> subscription_plan(std::int64_t now_ms, int day, const Date& next_charge,
                                        const Season& season, const Amounts& amounts);

// An interim charge that could not be made in time, with days that are ahead again; none when it
// would fall into the month in which the ongoing charges start, or later.
std::optional<Charges> belated_interim(std::int64_t now_ms, const Date& next_charge,
                                       const Date& ongoing_start);

}  // namespace payments

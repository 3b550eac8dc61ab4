// The monthly charges of a season: which month an event speaks of, and what the month came to after
// all events about it, in whatever order they came. The table `payment_events` keeps them, one row
// for each event. [worker]; keeps nothing between calls.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "payments/registrations.hpp"
#include "payments/settings.hpp"

namespace apply_payment_event {

// "oct_subscription_payment_status"; empty when the time lies outside the season.
std::string month_field(const std::string& created_at, const payments::Season& season);

class Months {
 public:
  explicit Months(dugout::sdk::Host host) : host_(host), registrations_(host) {}

  // The registration's row with the month's field set. `event`: id, created_at, action, links.
  dugout::Outcome<nlohmann::json> apply(const nlohmann::json& row, const nlohmann::json& event,
                                        const std::string& field) const;

 private:
  dugout::Outcome<std::string> outcome_of(const nlohmann::json& row,
                                          const std::string& field) const;

  dugout::sdk::Host host_;
  payments::Registrations registrations_;
};

}  // namespace apply_payment_event

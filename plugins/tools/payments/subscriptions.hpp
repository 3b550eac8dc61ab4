// Makes the subscriptions of a registration, each once: a row of the table `subscriptions` for each
// billing request and kind is claimed before the provider is asked, and the provider knows the
// order by a key made of both. [worker]; keeps nothing between calls.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "payments/provider.hpp"
#include "payments/subscription_plan.hpp"

namespace payments {

// What a registration needs, as things stand now.
struct Wanted {
  std::string mandate;
  Date next_charge;
  bool sibling = false;
  Plan plan;
};

class Subscriptions {
 public:
  // REQUIRES: settings and provider outlive it.
  Subscriptions(const Settings& settings, const Provider& provider, dugout::sdk::Host host)
      : settings_(settings), provider_(provider), host_(host) {}

  // Asks the provider, changes nothing.
  dugout::Outcome<Wanted> plan_for(const nlohmann::json& registration) const;

  // Makes what is missing. The changes of the registration's row; when the season holds no charge
  // any more, they say so and nothing is made. A repeat makes nothing twice, at no new price.
  dugout::Outcome<nlohmann::json> ensure(const nlohmann::json& registration) const;

 private:
  // Of the row, or of the request it was paid by: the latest one or one that it has replaced.
  dugout::Outcome<std::string> mandate_for(const nlohmann::json& registration) const;
  // The order's row as it stands: a fresh one, or that of an earlier try.
  dugout::Outcome<nlohmann::json> claim(const nlohmann::json& registration, const Wanted& wanted,
                                        const std::string& kind, const nlohmann::json& order) const;
  // The order with the dates of `charges`, also in its row.
  dugout::Outcome<nlohmann::json> moved(const nlohmann::json& order,
                                        const nlohmann::json& charges) const;
  dugout::Outcome<std::vector<nlohmann::json>> orders(const nlohmann::json& registration,
                                                      const Wanted& wanted) const;
  dugout::Outcome<nlohmann::json> create(const nlohmann::json& registration,
                                         nlohmann::json order) const;

  const Settings& settings_;
  const Provider& provider_;
  dugout::sdk::Host host_;
};

// The preferred day of a row, which may be a number or a text; 0 = none that can be used.
int payment_day_of(const nlohmann::json& value);

}  // namespace payments

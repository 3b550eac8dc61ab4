// The table `payment_requests`: what a parent was asked to pay, one row for each idempotency key.
// [worker]; keeps nothing between calls.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/host.hpp"
#include "payments/provider.hpp"

namespace payments {

class PaymentRequests {
 public:
  explicit PaymentRequests(dugout::sdk::Host host) : host_(host) {}

  // The request of this key: the one that an earlier call has stored, or one made at the provider
  // now, with these amounts. `wanted`: what the tool was asked, with player_full_name, team_name,
  // age_group and, when it is known, preferred_payment_day as a text.
  dugout::Outcome<nlohmann::json> order(const std::string& key, nlohmann::json wanted,
                                        const Provider& provider, const Settings& settings) const;
  // kNotFound when no row has this value.
  dugout::Outcome<nlohmann::json> find(const std::string& member, const std::string& value) const;
  // Remembers what the provider made of a request, so that events which name only the mandate or
  // the payment lead back to it. An unknown request is no error.
  dugout::Status fulfil(const std::string& request, const std::string& mandate,
                        const std::string& payment) const;

 private:
  dugout::Outcome<nlohmann::json> store(const std::string& key, nlohmann::json wanted) const;

  dugout::sdk::Host host_;
};

}  // namespace payments

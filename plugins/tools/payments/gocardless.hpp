// GoCardless over http/1. [worker]; keeps nothing between calls.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "dugout/sdk/http.hpp"
#include "payments/provider.hpp"

namespace payments {

class GoCardless final : public Provider {
 public:
  GoCardless(const Settings& settings, dugout::sdk::Host host);

  dugout::Outcome<std::string> request_payment(const std::string& key,
                                               const PaymentOrder& order) const override;
  dugout::Outcome<std::string> payment_page(const std::string& request,
                                            const Customer& customer) const override;
  bool is_fulfilled(const std::string& request) const override;
  dugout::Outcome<std::string> mandate_of(const std::string& request) const override;
  dugout::Outcome<Date> next_charge(const std::string& mandate) const override;
  dugout::Outcome<Subscribed> subscribe(const SubscriptionOrder& order) const override;

 private:
  // The resource inside the envelope that is named like the collection, such as "mandates".
  dugout::Outcome<nlohmann::json> get(const std::string& collection, const std::string& id) const;
  dugout::Outcome<nlohmann::json> post(const std::string& collection, const std::string& key,
                                       const nlohmann::json& resource) const;
  dugout::Outcome<Subscribed> create(const std::string& collection, const std::string& key,
                                     const nlohmann::json& resource) const;
  dugout::Outcome<nlohmann::json> answer_to(const dugout::sdk::HttpCall& call,
                                            const std::string& collection) const;
  dugout::sdk::HttpCall call_of(const std::string& method, const std::string& path) const;

  std::string access_token_, base_url_;
  dugout::sdk::Host host_;
};

}  // namespace payments

// Who takes the money: GoCardless, or on a laptop a local stand-in that moves none. Errors, for
// both: kRefused = no or wrong credentials, kInvalid = the provider does not accept the order,
// kNotFound, kUnavailable = the same call may work later. Messages are for the operator and hold no
// personal data.
#pragma once

#include <memory>
#include <string>

#include "payments/settings.hpp"

namespace payments {

struct PaymentOrder {
  std::string player_full_name, team, age_group;
  std::string payment_day;  // "15", "-1"; empty = not known yet
  int fee_pence = 0;
};

struct Customer {
  std::string email, given_name, family_name, address_line1, city, postal_code;

  bool empty() const {
    return (email + given_name + family_name + address_line1 + city + postal_code).empty();
  }
};

struct SubscriptionOrder {
  std::string key;  // of idempotency
  std::string mandate, player_full_name, team, kind;
  int amount_pence = 0;
  std::string start_date, end_date;
  int day_of_month = 0;  // 0 = that of the start
};

struct Subscribed {
  std::string id;
  bool repeated = false;        // an earlier order with this key had arrived: its dates hold
  std::string start_date = {};  // of that order, if the provider could tell; else empty
};

// All functions are [worker] and safe from any thread.
class Provider {
 public:
  virtual ~Provider() = default;

  // One request for the fee and the mandate; the same key gives the same request. Its id.
  virtual dugout::Outcome<std::string> request_payment(const std::string& key,
                                                       const PaymentOrder& order) const = 0;
  // The address of a fresh hosted page for the request; an empty customer fills nothing in.
  virtual dugout::Outcome<std::string> payment_page(const std::string& request,
                                                    const Customer& customer) const = 0;
  // Has the parent done all of it? For a request whose page cannot be opened any more.
  virtual bool is_fulfilled(const std::string& request) const = 0;
  virtual dugout::Outcome<std::string> mandate_of(const std::string& request) const = 0;
  // The first day on which the mandate can be charged.
  virtual dugout::Outcome<Date> next_charge(const std::string& mandate) const = 0;
  virtual dugout::Outcome<Subscribed> subscribe(const SubscriptionOrder& order) const = 0;
};

std::unique_ptr<Provider> make_provider(const Settings& settings, dugout::sdk::Host host);

// The ids that the local provider gives to what belongs to a request: "MD", "PM" and so on in
// place of "BRQ".
std::string local_id(const std::string& prefix, const std::string& request);

}  // namespace payments

// The block `payments` of the settings: what is charged, by whom, and in which season. Read once
// when a plugin is created; immutable, so [any].
#pragma once

#include <string>
#include <string_view>

#include "dugout/sdk/host.hpp"
#include "payments/calendar.hpp"

namespace payments {

struct Season {
  Date first{2025, 9, 1};      // of the month with the first monthly charge
  Date cut_over{2025, 8, 28};  // who sets up before it starts with the first month
  Date end{2026, 6, 1};        // exclusive: nothing is charged on it or later
};

struct Settings {
  bool hosted = false;  // GoCardless; else the local provider
  std::string access_token, webhook_secret;
  std::string base_url;  // of the provider, no slash at the end
  int signing_fee_pence = 4500;
  int monthly_pence = 2750;  // the base price: every discount is taken off this one
  int sibling_discount_percent = 10;
  Season season;
  std::string public_url;  // of this server, for links

  bool credentials_missing() const { return hosted && access_token.empty(); }
  // Pence are cut off, not rounded.
  int sibling_pence() const { return monthly_pence * (100 - sibling_discount_percent) / 100; }
};

// `config`: what the plugin was created with. Throws std::runtime_error naming the member that is
// wrong; a credential that is not there is only a warning in the log, and no reason to stop.
Settings read_settings(std::string_view config, const dugout::sdk::Host& host);

// "45.00"
std::string pounds(int pence);

}  // namespace payments

// What a parent sees behind the payment link, as data for the host's page. [any]
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "payments/settings.hpp"

namespace reg_setup {

// Whom a link is about and what it costs.
struct Due {
  std::string player_first_name;  // never more of the child than this
  int monthly_pence = 0;
  std::string day;  // "on the 15th", "on the last day"; empty = not known
};

nlohmann::json already_paid(const std::string& player_first_name);
nlohmann::json being_recorded(const std::string& player_first_name);
// The page of the local provider, on which nothing real can be paid.
nlohmann::json practice(const Due& due, const payments::Settings& settings);
nlohmann::json thanks(const std::string& player_first_name);
nlohmann::json not_now();

// "on the 15th"; empty for no day.
std::string day_words(int day);

}  // namespace reg_setup

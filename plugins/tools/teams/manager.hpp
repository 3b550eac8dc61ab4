// How the manager of a registration's team is reached by SMS, out of the directory of teams.
// Header-only; no plugin itself. [worker]
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/host.hpp"
#include "sms/phone.hpp"
#include "text/cell.hpp"

namespace teams {

// u10 -> u10s, open -> Open Age: as the directory spells it.
inline std::string directory_age(const std::string& age_group) {
  return age_group == "open" ? "Open Age" : age_group + "s";
}

// The number of the registration's own season, else the first one that is a mobile; empty when
// there is none, or when the directory cannot be read. The directory may keep earlier seasons.
inline std::string manager_phone(const dugout::sdk::Host& host,
                                 const nlohmann::json& registration) {
  using text::cell;
  const nlohmann::json where{{"short_team_name", cell(registration, "team")},
                             {"age_group", directory_age(cell(registration, "age_group"))}};
  const auto found = host.find_rows("teams", where.dump());
  if (!found) return {};
  std::string phone;
  for (const auto& team : nlohmann::json::parse(*found)) {
    const bool season = cell(team, "current_season") == cell(registration, "season");
    if (season || phone.empty()) phone = sms::mobile_of(cell(team, "manager_phone"));
    if (season) break;
  }
  return phone;
}

}  // namespace teams

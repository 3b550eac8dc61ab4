// Claims of shirt numbers in the table `shirts`. One number of a team has at most one holder,
// without locks: the unique key of an insert decides. A released row stays for ever; the next
// holder inserts the next edition of the key ("2526|lions|u9|7", then "...|7|2"), so a race for a
// released number is decided the same way. [worker]; keeps nothing between calls.
#pragma once

#include <string>

#include "dugout/sdk/host.hpp"

namespace update_kit {

struct Shirt {
  std::string season, team, age_group;  // as stored: team as typed, age in the u10 form
  int number = 0;
};

class LocalShirts {
 public:
  explicit LocalShirts(dugout::sdk::Host host) : host_(host) {}

  // kConflict: another record holds the number. Done when `record` holds it, now or already.
  dugout::Status claim(const Shirt& shirt, const std::string& record) const;

  // Gives up every number but `kept` that `record` holds in any team.
  dugout::Status release_others(const Shirt& kept, const std::string& record) const;

 private:
  dugout::sdk::Host host_;
};

std::string folded(std::string_view text);       // trimmed, ASCII letters small
std::string record_age(std::string_view typed);  // "U10s" -> "u10"

}  // namespace update_kit

// What the look-up finds, and the table it looks in by default. [worker]
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dugout/sdk/host.hpp"

namespace address {

struct Address {
  std::string formatted, line_1, town, city;
  std::string confidence;             // "High" or "Medium"
  std::vector<std::string> verified;  // what was really compared: "postcode", "street" ...
};

bool has_digit(std::string_view text);
bool same(std::string_view a, std::string_view b);  // letter case aside

// The table `addresses`, which is filled from agents/data: one row for each house, or one with the
// house number "*" for a street that is known without its houses.
dugout::Outcome<std::optional<Address>> find_in_table(const dugout::sdk::Host& host,
                                                      const std::string& postcode,
                                                      const std::string& house_number);

}  // namespace address

#include "address.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace address {
namespace {

using nlohmann::json;

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

// YAML gives 14 as a number unless it is quoted.
std::string text_of(const json& row, const char* member) {
  const auto found = row.find(member);
  if (found == row.end()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

Address house_of(const json& row) {
  return {text_of(row, "formatted_address"),
          text_of(row, "line_1"),
          text_of(row, "town"),
          text_of(row, "city"),
          "High",
          {"postcode", "street", "house_number"}};
}

Address street_of(const json& row, const std::string& number) {
  return {number + " " + text_of(row, "formatted_address"),
          number + " " + text_of(row, "line_1"),
          text_of(row, "town"),
          text_of(row, "city"),
          "Medium",
          {"postcode", "street"}};
}

}  // namespace

bool has_digit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return upper(x) == upper(y); });
}

dugout::Outcome<std::optional<Address>> find_in_table(const dugout::sdk::Host& host,
                                                      const std::string& postcode,
                                                      const std::string& house_number) {
  const auto rows = host.find_rows("addresses", json{{"postcode", postcode}}.dump());
  if (!rows) return rows.error();
  std::optional<Address> street;
  for (const auto& row : json::parse(*rows)) {
    const auto number = text_of(row, "house_number");
    if (number == "*") {
      if (!street && has_digit(house_number)) street = street_of(row, house_number);
    } else if (same(number, house_number)) {
      return std::optional(house_of(row));
    }
  }
  return street;
}

}  // namespace address

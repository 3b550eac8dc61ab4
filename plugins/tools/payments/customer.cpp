#include "payments/customer.hpp"

#include "payments/registrations.hpp"

namespace payments {
namespace {

std::string trimmed(const std::string& text) {
  constexpr auto kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

}  // namespace

Customer customer_of_registration(const nlohmann::json& row) {
  return {text_of(row, "parent_email"),     text_of(row, "parent_first_name"),
          text_of(row, "parent_last_name"), text_of(row, "parent_address_line_1"),
          text_of(row, "parent_city"),      text_of(row, "parent_post_code")};
}

Customer customer_of_request(const nlohmann::json& row) {
  Customer out;
  const auto name = trimmed(text_of(row, "parent_full_name"));
  const auto gap = name.find(' ');
  out.given_name = name.substr(0, gap);
  if (gap != name.npos) out.family_name = trimmed(name.substr(gap));
  out.email = trimmed(text_of(row, "parent_email"));
  out.postal_code = trimmed(text_of(row, "parent_postcode"));
  const auto address = text_of(row, "parent_address");
  out.address_line1 = trimmed(address.substr(0, address.find(',')));
  const auto last = address.rfind(',');
  if (last != address.npos) out.city = trimmed(address.substr(last + 1));
  return out;
}

}  // namespace payments

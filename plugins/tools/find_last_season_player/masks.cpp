#include "masks.hpp"

#include "dugout/sdk/plain_text.hpp"

namespace returning {

std::string masked_phone(std::string_view phone) {
  if (phone.empty()) return {};
  if (phone.size() != 11) return "*** ***";  // not as stored by this product: show nothing of it
  return std::string(phone.substr(0, 2)) + "*** ***" + std::string(phone.substr(8));
}

std::string masked_email(std::string_view email) {
  const auto at = email.rfind('@');
  if (email.empty()) return {};
  if (at == email.npos || at == 0) return "***";
  auto rest = email;
  std::string first;
  dugout::sdk::append_character(first, dugout::sdk::take_character(rest));
  return first + "***" + std::string(email.substr(at));
}

std::string masked_words(std::string_view words) {
  std::string out;
  bool inside = false;
  for (auto rest = words; !rest.empty();) {
    const auto c = dugout::sdk::take_character(rest);
    const bool plain = c > 0x7F || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                       (c >= 'a' && c <= 'z') || c == '\'';
    if (plain && inside) {
      out += '*';
    } else {
      dugout::sdk::append_character(out, c);
    }
    inside = plain;
  }
  return out;
}

std::string masked_address(std::string_view line_1, std::string_view postcode) {
  const auto outward = postcode.substr(0, postcode.find(' '));
  const bool whole =
      outward.size() == postcode.size();  // one that cannot be taken apart is left out
  if (line_1.empty()) return {};
  return std::string(line_1) + (whole ? "" : ", " + std::string(outward));
}

}  // namespace returning

// X-Twilio-Signature: HMAC-SHA1 with the account's token over the full address and, sorted by name,
// each form parameter's name and value; in base64. [any]
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twilio {

using Parameters = std::vector<std::pair<std::string, std::string>>;

// The parameters of a form body, decoded, in their order.
Parameters parameters_of(std::string_view body);

// The first value of this name; empty when there is none.
std::string value_of(const Parameters& parameters, std::string_view name);

std::string signature_of(std::string_view token, std::string_view url, Parameters parameters);

// In constant time. Twilio signs an address with or without its port: both are tried.
bool is_signed(std::string_view token, const std::string& url, const Parameters& parameters,
               std::string_view signature);

}  // namespace twilio

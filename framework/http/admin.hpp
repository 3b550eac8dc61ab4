// Who may ask for what is an operator's: whoever shows the token of the settings (admin.token) as a
// bearer token. Without such a setting these addresses do not exist. [worker]
#pragma once

#include <string_view>

#include "http/endpoints.hpp"

namespace dugout::http {

// True: an operator asks; go on. False: the exchange is answered, with 404 where there is no token,
// and 401 otherwise.
bool admit_operator(Service& service, Exchange& exchange);

// In a time that does not tell how much of `shown` is right.
bool same_secret(std::string_view secret, std::string_view shown);

}  // namespace dugout::http

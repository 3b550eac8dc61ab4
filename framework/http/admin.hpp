// Who may ask for what is an operator's: whoever shows the token of the settings (admin.token) as a
// bearer token, or the cookie of a pass that was given for it. Without such a setting these
// addresses do not exist. [worker]
#pragma once

#include <string>
#include <string_view>

#include "http/endpoints.hpp"

namespace dugout::http {

// True: an operator asks; go on. False: the exchange is answered, with 404 where there is no token
// in the settings, 401, 429 after too many wrong ones, or 403 when another site's page asks.
bool admit_operator(Service& service, Exchange& exchange);

// The same without an answer: is it still one? For what goes on for long.
bool is_operator(const Service& service, Exchange& exchange);

// The addresses of operators are there at all; for the table of routes.
bool operators_known(Service& service, const PathParts& parts);

// The same for /metrics behind a token (metrics.token); operators may look as well. Its wrong
// tokens are counted for themselves, so that neither door shuts the other.
bool admit_scraper(Service& service, Exchange& exchange);

// In a time that does not tell how much of `shown` is right.
bool same_secret(std::string_view secret, std::string_view shown);

}  // namespace dugout::http

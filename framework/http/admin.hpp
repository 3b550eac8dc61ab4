// Who may ask for what is an operator's: whoever shows the token of one (admin.token, operators:)
// as a bearer token, or the cookie of a pass that was given for it. The table of routes says which
// role each address needs. Without any operator these addresses do not exist. [worker]
#pragma once

#include <string>
#include <string_view>

#include "http/endpoints.hpp"

namespace dugout::http {

// Does the route's row let whoever asks in? True: go on. False: the exchange is answered, with 401,
// 429 after too many wrong tokens, 403 when the role is too low or another site's page asks.
bool admit(Service& service, Exchange& exchange, const Route& route);

// The token of "Authorization: Bearer ..."; "" = none.
std::string bearer_of(Exchange& exchange);

// Is it an operator, of whatever role, still? For what goes on for long.
bool is_operator(const Service& service, Exchange& exchange);

// The addresses of operators are there at all; for the table of routes.
bool operators_known(Service& service, const PathParts& parts);

// The same for /metrics behind a token (metrics.token); operators may look as well. Its wrong
// tokens are counted for themselves, so that neither door shuts the other.
bool admit_scraper(Service& service, Exchange& exchange);

// In a time that does not tell how much of `shown` is right.
bool same_secret(std::string_view secret, std::string_view shown);

}  // namespace dugout::http

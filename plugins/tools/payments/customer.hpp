// Who pays, as the provider's page is filled in beforehand. [any]
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "payments/provider.hpp"

namespace payments {

// From a row of registrations.
Customer customer_of_registration(const nlohmann::json& row);
// From a row of payment_requests, which knows less: the first word of the parent's name is the
// given name; of an address, the first part is line 1 and the last part the city.
Customer customer_of_request(const nlohmann::json& row);

}  // namespace payments

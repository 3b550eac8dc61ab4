// What parents are told, and the arguments that the payment tools have in common. [any]
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/outcome.hpp"

namespace payments {

// A tool's {"ok":true,"data"}.
std::string accepted(const nlohmann::json& data);
// A tool's {"ok":false,"error"}: the code not_configured, payment_refused, not_found or unavailable
// with a sentence fit for a parent. The operator finds the cause in the log.
std::string refusal(const dugout::Error& error);

// "Missing: a, b." of the members that are blank; empty when none is.
std::string missing_among(const nlohmann::json& args, std::initializer_list<const char*> names);

// The caller's idempotency key.
std::string key_of(std::string_view context);

}  // namespace payments

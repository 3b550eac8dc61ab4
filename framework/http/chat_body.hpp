// A chat request as JSON: its check, and what is read from it. Pure, so [any].
#pragma once

#include <optional>
#include <string>

#include "core/json.hpp"
#include "http/problem.hpp"
#include "orchestrator/chat.hpp"

namespace dugout::http {

// What is wrong with it. `at`: JSON pointer of the request within the body; "" = it is the body.
std::optional<Problem> check_chat(const core::Json& body, const std::string& at = "");

// REQUIRES: check_chat() found nothing.
orchestrator::ChatRequest chat_request(const core::Json& body);

}  // namespace dugout::http

// The one shape of a tool's answer: {"ok":true,"data":{...}} or
// {"ok":false,"error":{"code","message","retryable"}}. Standard library only.
#pragma once

#include <string>
#include <string_view>

#include "dugout/sdk/text.hpp"

namespace dugout::sdk {

// `data`: JSON text of an object.
inline std::string accepted(std::string_view data) {
  return "{\"ok\":true,\"data\":" + std::string(data) + "}";
}

// `message` is shown to people: a friendly reason, never a copy of what they wrote.
// `retryable`: the same call may succeed later; false when the input itself is at fault.
inline std::string refused(std::string_view code, std::string_view message,
                           bool retryable = false) {
  return "{\"ok\":false,\"error\":{\"code\":\"" + json_escape(code) + "\",\"message\":\"" +
         json_escape(message) + "\",\"retryable\":" + (retryable ? "true" : "false") + "}}";
}

}  // namespace dugout::sdk

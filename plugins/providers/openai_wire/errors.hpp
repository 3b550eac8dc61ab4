// What an error of an OpenAI-like service means: code, then type, then text, then HTTP status.
// Shared by both codecs. [any]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dugout/sdk/outcome.hpp"

namespace dugout::openai {

struct ApiError {
  std::uint32_t status = 0;
  std::string code, type, message, param;
  std::string request_id;
};

// A class of the design's table, such as "rate_limit"; "unknown" when nothing fits.
std::string_view class_of(const ApiError& error);

// "Please try again in 11.054s", "in 440ms", "in 1m30s": some services say it only there.
std::optional<std::int64_t> delay_ms_in(std::string_view message);

// kUpstream with {"class","code","status","param"?,"request_id"?,"retry_after_ms"?}. The service's
// message is clipped, and anything that looks like a key is taken out.
Error upstream_error(const ApiError& error);

// A 2xx whose body is no answer: HTML, nothing, cut-off JSON. Class "server", code
// "bad_gateway_body": such bodies come from what stands before the service, and pass.
Error bad_body(std::uint32_t status, std::string_view why, std::string request_id = {});

}  // namespace dugout::openai

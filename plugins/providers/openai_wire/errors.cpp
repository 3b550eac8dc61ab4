#include "errors.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "dugout/sdk/plain_text.hpp"
#include "dugout/sdk/provider.hpp"

namespace dugout::openai {
namespace {

constexpr std::size_t kMessageLimit = 300;
constexpr std::size_t kWordLimit = 200;  // of a code, a parameter, an id
constexpr std::int64_t kLongestDelayMs = 24LL * 3600 * 1000;

struct Named {
  std::string_view name, error_class;
};

// Codes and types. Those that say no more than "an error" (invalid_request_error, api_error) are
// left out on purpose: services send them with a 401 or a 429 too, and the status knows better.
constexpr auto kNames = std::to_array<Named>({
    {"insufficient_quota", "quota"},
    {"credit_balance_exhausted", "quota"},
    {"organization_spend_limit_exceeded", "quota"},
    {"project_spend_limit_exceeded", "quota"},
    {"organization_usage_limit_exceeded", "quota"},
    {"billing_hard_limit_reached", "quota"},
    {"billing_not_active", "quota"},
    {"usage_not_included", "quota"},
    {"rate_limit_exceeded", "rate_limit"},
    {"rate_limit_error", "rate_limit"},
    {"too_many_requests", "rate_limit"},
    {"slow_down", "rate_limit"},
    {"requests", "rate_limit"},
    {"tokens", "rate_limit"},
    {"server_is_overloaded", "overloaded"},
    {"service_unavailable_error", "overloaded"},
    {"service_unavailable", "overloaded"},
    {"overloaded_error", "overloaded"},
    {"overloaded", "overloaded"},
    {"engine_overloaded", "overloaded"},
    {"server_error", "server"},
    {"internal_error", "server"},
    {"internal_server_error", "server"},
    {"vector_store_timeout", "server"},
    {"timeout", "timeout"},
    {"request_timeout", "timeout"},
    {"gateway_timeout", "timeout"},
    {"context_length_exceeded", "context_length"},
    {"invalid_api_key", "authentication"},
    {"authentication_error", "authentication"},
    {"account_deactivated", "authentication"},
    {"permission_error", "authentication"},
    {"permission_denied", "authentication"},
    {"unsupported_country_region_territory", "authentication"},
    {"model_not_found", "invalid_request"},
    {"previous_response_not_found", "invalid_request"},
    {"content_policy_violation", "invalid_request"},
    {"content_filter", "invalid_request"},
    {"invalid_prompt", "invalid_request"},
    {"bio_policy", "invalid_request"},
    {"data_residency_mismatch", "invalid_request"},
    {"unsupported_parameter", "invalid_request"},
    {"unsupported_value", "invalid_request"},
    {"empty_image_file", "invalid_request"},
    {"unsupported_image_media_type", "invalid_request"},
    {"failed_to_download_image", "invalid_request"},
});

constexpr auto kTexts = std::to_array<Named>({
    {"context window", "context_length"},
    {"maximum context length", "context_length"},
    {"prompt is too long", "context_length"},
    {"input is too long", "context_length"},
    {"reduce the length of the messages", "context_length"},
    {"exceeded your current quota", "quota"},
    {"currently overloaded", "overloaded"},
    {"model is overloaded", "overloaded"},
});

constexpr auto kUnits = std::to_array<std::pair<std::string_view, double>>({
    {"ms", 1.0},
    {"milliseconds", 1.0},
    {"millisecond", 1.0},
    {"s", 1000.0},
    {"sec", 1000.0},
    {"secs", 1000.0},
    {"second", 1000.0},
    {"seconds", 1000.0},
    {"m", 60'000.0},
    {"min", 60'000.0},
    {"minute", 60'000.0},
    {"minutes", 60'000.0},
    {"h", 3'600'000.0},
    {"hour", 3'600'000.0},
    {"hours", 3'600'000.0},
});

std::string_view class_named(std::string_view name) {
  for (const auto& row : kNames) {
    if (row.name == name) return row.error_class;
  }
  const bool image = name.substr(0, 6) == "image_" || name.substr(0, 13) == "invalid_image" ||
                     name == "invalid_base64_image";
  return image ? "invalid_request" : "";
}

std::string_view class_in_text(std::string_view message) {
  const auto text = sdk::lower(message);
  for (const auto& row : kTexts) {
    if (text.find(row.name) != text.npos) return row.error_class;
  }
  return "";
}

std::string_view class_of_status(std::uint32_t status) {
  switch (status) {
    case 401:
    case 403:
      return "authentication";
    case 402:
      return "quota";
    case 408:
    case 504:
    case 524:
      return "timeout";
    case 409:
      return "server";
    case 413:
      return "context_length";
    case 429:
      return "rate_limit";
    case 499:
      return "unknown";
    case 503:
    case 529:
      return "overloaded";
    default:
      if (status >= 500 && status <= 599) return "server";
      return status >= 400 && status <= 499 ? "invalid_request" : "unknown";
  }
}

// Some compatible services put the HTTP status of what stands behind them into `code`.
std::optional<std::uint32_t> status_in(std::string_view code) {
  std::uint32_t value = 0;
  const auto [end, failed] = std::from_chars(code.data(), code.data() + code.size(), value);
  if (failed != std::errc() || end != code.data() + code.size()) return std::nullopt;
  if (value < 400 || value > 599) return std::nullopt;
  return value;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

// One "11.054s" at the front of `text`, in milliseconds; takes it off.
std::optional<double> take_span(std::string_view& text) {
  std::size_t digits = 0;
  while (digits < text.size() && (is_digit(text[digits]) || text[digits] == '.')) ++digits;
  std::size_t unit = digits;
  while (unit < text.size() && text[unit] == ' ') ++unit;
  std::size_t end = unit;
  while (end < text.size() && is_letter(text[end])) ++end;
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + digits, value);
  if (digits == 0 || parsed.ec != std::errc()) return std::nullopt;
  for (const auto& [name, ms] : kUnits) {
    if (name != text.substr(unit, end - unit)) continue;
    text.remove_prefix(end);
    return value * ms;
  }
  return std::nullopt;
}

// Never the middle of a UTF-8 character.
std::string_view clip(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  auto size = limit;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  return text.substr(0, size);
}

// "Incorrect API key provided: sk-abc..." quotes a part of the key.
std::string without_keys(std::string text) {
  for (auto at = text.find("sk-"); at != text.npos; at = text.find("sk-", at + 3)) {
    auto end = at + 3;
    while (end < text.size() && text[end] != ' ' && text[end] != '"' && text[end] != ',') ++end;
    text.replace(at + 3, end - at - 3, "***");
  }
  return text;
}

// What a service told, fit to be passed on.
std::string passed_on(std::string_view text, std::size_t limit) {
  return without_keys(std::string(clip(text, limit)));
}

}  // namespace

std::string_view class_of(const ApiError& error) {
  const auto code = class_named(error.code), type = class_named(error.type);
  if (code == "quota" || type == "quota") return "quota";  // a 429 that no wait can mend
  if (!code.empty()) return code;
  if (const auto status = status_in(error.code)) return class_of_status(*status);
  if (!type.empty()) return type;
  if (const auto text = class_in_text(error.message); !text.empty()) return text;
  return class_of_status(error.status);
}

std::optional<std::int64_t> delay_ms_in(std::string_view message) {
  const auto text = sdk::lower(message);
  std::size_t at = text.npos;
  for (const std::string_view lead : {"again in ", "retry in ", "retry after "}) {
    if (const auto found = text.find(lead); found != text.npos) at = found + lead.size();
  }
  if (at == text.npos) return std::nullopt;
  auto rest = std::string_view(text).substr(at);
  auto sum = take_span(rest);
  if (!sum) return std::nullopt;
  while (const auto more = take_span(rest)) *sum += *more;
  if (*sum < 0 || *sum > static_cast<double>(kLongestDelayMs)) return std::nullopt;
  return static_cast<std::int64_t>(*sum + 0.999);  // never earlier than asked for
}

Error upstream_error(const ApiError& error) {
  const auto code = passed_on(!error.code.empty()   ? error.code
                              : !error.type.empty() ? error.type
                                                    : "http_" + std::to_string(error.status),
                              kWordLimit);
  auto message = "HTTP " + std::to_string(error.status) + ", " + code;
  if (!error.message.empty()) message += ": " + passed_on(error.message, kMessageLimit);
  auto out = sdk::Provider::upstream(class_of(error), code, message);
  out.detail.pop_back();  // the closing brace
  out.detail += ",\"status\":" + std::to_string(error.status);
  if (!error.param.empty()) {
    out.detail += ",\"param\":\"" + sdk::json_escape(passed_on(error.param, kWordLimit)) + "\"";
  }
  if (!error.request_id.empty()) {
    out.detail +=
        ",\"request_id\":\"" + sdk::json_escape(passed_on(error.request_id, kWordLimit)) + "\"";
  }
  if (const auto delay = delay_ms_in(error.message)) {
    out.detail += ",\"retry_after_ms\":" + std::to_string(*delay);
  }
  out.detail += "}";
  return out;
}

Error bad_body(std::uint32_t status, std::string_view why, std::string request_id) {
  auto out = upstream_error(
      {status, "bad_gateway_body", "server_error", std::string(why), "", std::move(request_id)});
  return out;
}

}  // namespace dugout::openai

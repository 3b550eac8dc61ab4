#include "orchestrator/retry_after.hpp"

#include <charconv>
#include <cmath>
#include <ctime>
#include <string>

namespace dugout::orchestrator {
namespace {

constexpr double kMostSeconds = 365.0 * 24 * 3600;

const std::string* header(const net::Headers& headers, const char* name) {
  const auto found = headers.find(name);
  return found == headers.end() ? nullptr : &found->second;
}

std::optional<double> number(const std::string& text) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(value) || value < 0) {
    return std::nullopt;
  }
  return std::min(value, kMostSeconds * 1000);
}

core::Duration from_seconds(double seconds) {
  return std::chrono::duration_cast<core::Duration>(
      std::chrono::duration<double>(std::min(seconds, kMostSeconds)));
}

std::optional<std::time_t> http_date(const std::string& text) {
  for (const auto* form :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
    std::tm parts{};
    const auto* end = strptime(text.c_str(), form, &parts);
    if (end != nullptr && *end == '\0') return timegm(&parts);
  }
  return std::nullopt;
}

}  // namespace

std::optional<core::Duration> retry_after(const net::Headers& headers, core::WallTime now) {
  for (const auto* name : {"retry-after-ms", "x-ms-retry-after-ms"}) {
    const auto* text = header(headers, name);
    const auto value = text == nullptr ? std::nullopt : number(*text);
    if (value) return from_seconds(*value / 1000.0);
  }
  const auto* text = header(headers, "retry-after");
  if (text == nullptr) return std::nullopt;
  if (const auto value = number(*text)) return from_seconds(*value);
  const auto date = http_date(*text);
  if (!date) return std::nullopt;
  // In seconds: a date of the year 9999 is further than the clock's nanoseconds reach.
  const auto today = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  const auto wait = static_cast<double>(*date) - static_cast<double>(today.count()) / 1000.0;
  if (wait < 0) return std::nullopt;
  return from_seconds(wait);
}

std::optional<bool> should_retry(const net::Headers& headers) {
  const auto* text = header(headers, "x-should-retry");
  if (text == nullptr || (*text != "true" && *text != "false")) return std::nullopt;
  return *text == "true";
}

}  // namespace dugout::orchestrator

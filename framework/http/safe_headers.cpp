#include "http/safe_headers.hpp"

#include <array>
#include <utility>

namespace dugout::http {
namespace {

// Nothing but our own files runs in a page, and no other site may frame it.
constexpr auto kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// The photo is chosen as a file, and whatever the phone offers for it is outside the page.
constexpr auto kPermissions =
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

constexpr std::array<std::pair<const char*, const char*>, 8> kSafeHeaders{{
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Frame-Options", "DENY"},  // what browsers read that do not know frame-ancestors
    {"Permissions-Policy", kPermissions},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    // An origin on the list reads it by CORS; nobody else loads it into a page.
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Content-Security-Policy", kContentPolicy},
    {"Cache-Control", "no-store"},
}};

std::string made_lines() {
  std::string lines;
  for (const auto& [name, value] : kSafeHeaders) lines += std::string(name) + ": " + value + "\r\n";
  return lines;
}

}  // namespace

void keep_browser_safe(Poco::Net::HTTPResponse& response) {
  for (const auto& [name, value] : kSafeHeaders) {
    if (!response.has(name)) response.set(name, value);
  }
}

const std::string& safe_header_lines() {
  static const std::string lines = made_lines();
  return lines;
}

}  // namespace dugout::http

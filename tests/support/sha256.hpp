// SHA-256 and HMAC by the book (FIPS 180-4, RFC 2104), so that doubles check signatures with other
// code than the one under test. For tests alone: slow and not constant in time.
#pragma once

#include <string>
#include <string_view>

namespace dugout::test {

std::string sha256(std::string_view bytes);  // 32 raw bytes
std::string hmac_sha256(std::string key, std::string_view text);
std::string hex_of(std::string_view bytes);

}  // namespace dugout::test

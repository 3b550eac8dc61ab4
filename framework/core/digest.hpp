// Digests and the keys under them, from OpenSSL: SHA-256, HMAC, and tokens that are kept only as a
// salted hash. [any]
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dugout::core {

std::string random_bytes(std::size_t count);  // from the kernel; throws when it gives none
std::string hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);

std::string sha256_hex(std::string_view text);
std::string hmac_sha256_hex(std::string_view key, std::string_view text);

// In a time that does not tell where they differ; their lengths are no secret.
bool same_bytes(std::string_view left, std::string_view right);

// A fresh token, 192 random bits, and what may be written down of it:
// "pbkdf2-sha256$iterations$salt$hash". The token names the beginning of its salt, so that a token
// that was made up costs no work.
struct FreshToken {
  std::string token;  // "dug_<8 hex>_<48 hex>"
  std::string hash;
};
inline constexpr int kTokenIterations = 100'000;
FreshToken fresh_token(int iterations = kTokenIterations);

// Could this be the hash of a token?
bool is_token_hash(std::string_view text);

// Was `hash` made from `token`? Costs tens of milliseconds where the token names this salt, else
// nothing.
bool token_fits(std::string_view token, std::string_view hash);

}  // namespace dugout::core

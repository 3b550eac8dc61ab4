// A short stable name for a text: FNV-1a, so the same in every process and on every machine. It
// keeps a text out of tables and file names, and is no protection of a secret. Header-only. [any]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace text {

inline constexpr std::uint64_t kBasis = 14695981039346656037U;
inline constexpr std::uint64_t kOtherBasis = 7809847782465536322U;

// 16 hexadecimal digits.
inline std::string fingerprint(std::string_view bytes, std::uint64_t basis = kBasis) {
  auto hash = basis;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  std::string out;
  for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[hash >> shift & 0xf];
  return out;
}

// 32 of them, where two texts must not meet by chance.
inline std::string long_fingerprint(std::string_view bytes) {
  return fingerprint(bytes) + fingerprint(bytes, kOtherBasis);
}

}  // namespace text

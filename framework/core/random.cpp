#include "core/random.hpp"

#include <sys/random.h>

#include <array>
#include <stdexcept>

namespace dugout::core {
namespace {

constexpr char kHex[] = "0123456789abcdef";

}  // namespace

SystemRandom::SystemRandom(std::uint64_t seed) : engine_(seed) {}

double SystemRandom::unit() {
  const std::lock_guard lock(mutex_);
  return std::uniform_real_distribution<double>(0.0, 1.0)(engine_);
}

std::string new_id(std::string_view prefix) {
  std::array<unsigned char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw std::runtime_error("the kernel gave no random bytes");
  }
  std::string id(prefix);
  for (const auto byte : bytes) {
    id += kHex[byte >> 4];
    id += kHex[byte & 0xf];
  }
  return id;
}

std::string stable_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  std::string out(16, '0');
  for (int i = 15; i >= 0; --i, hash >>= 4) out[static_cast<std::size_t>(i)] = kHex[hash & 0xf];
  return out;
}

}  // namespace dugout::core

// Randomness, injected: jitter draws from `Random`; identifiers come from the kernel.
#pragma once

#include <cstdint>
#include <mutex>
#include <random>
#include <string>
#include <string_view>

namespace dugout::core {

class Random {
 public:
  virtual ~Random() = default;
  virtual double unit() = 0;  // uniform in [0, 1); [any]
};

class SystemRandom final : public Random {
 public:
  explicit SystemRandom(std::uint64_t seed = std::random_device{}());
  double unit() override;

 private:
  std::mutex mutex_;  // guards engine_
  std::mt19937_64 engine_;
};

// 128 bits from the kernel as 32 hex digits behind `prefix`, such as "ses_". [any]
std::string new_id(std::string_view prefix);

// A short stable name for a text: 64-bit FNV-1a as 16 hex digits. Not for secrets.
std::string stable_hash(std::string_view text);

}  // namespace dugout::core

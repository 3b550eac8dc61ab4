#include "observability/active_sessions.hpp"

#include <algorithm>
#include <cmath>

namespace dugout::observability {
namespace {

// FNV-1a, and a last stir, as its low bits alone are weak.
std::size_t place_of(std::string_view session) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char byte : session) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
  }
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdULL;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  return static_cast<std::size_t>(hash >> 48);
}
static_assert(ActiveSessions::kPlaces == std::size_t{1} << (64 - 48));

}  // namespace

ActiveSessions::ActiveSessions() : last_(new std::atomic<std::int64_t>[kPlaces]()) {}

void ActiveSessions::seen(std::string_view session, std::int64_t minute) {
  if (session.empty()) return;
  last_[place_of(session)].store(minute + 1, std::memory_order_relaxed);
}

std::uint64_t ActiveSessions::since(std::int64_t minute) const {
  std::size_t empty = 0;
  for (std::size_t at = 0; at < kPlaces; ++at) {
    // Zero = never; a minute may be negative, as the clock begins with the machine.
    const auto last = last_[at].load(std::memory_order_relaxed);
    if (last == 0 || last <= minute) ++empty;
  }
  constexpr auto kAll = static_cast<double>(kPlaces);
  const auto estimate =
      -kAll * std::log(static_cast<double>(std::max<std::size_t>(empty, 1)) / kAll);
  return static_cast<std::uint64_t>(std::llround(estimate));
}

}  // namespace dugout::observability

// What happens before a turn begins: connections that are open, and what was refused and why. One
// object per process, made in cli; the HTTP server counts, metrics read. Atomics, so [any].
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace dugout::observability {

enum class Refusal {
  kConnectionsAddress,  // too many connections of one address
  kConnectionsAll,      // too many in all
  kRateAddress,         // 429: too many requests of one address
  kRateSession,         // 429: too many messages of one session
  kSlowHead,            // 408: the head did not arrive in time, a handshake included
  kSlowBody,            // 408
  kSlowReader,          // the answer was not taken in time
  kHeadTooLarge,        // 431
  kTargetTooLong,       // 414
  kBodyTooLarge,        // 413
  kNoLength,            // 411
  kBadRequest,          // no HTTP, or framing that says two things
  kHandshake,           // no TLS where TLS is spoken, or none that both sides know
};
inline constexpr std::size_t kRefusals = 13;

// "connections_address": the label of a metric.
std::string_view name_of(Refusal refusal);

class DoorFigures {
 public:
  void count(Refusal refusal) { refused_[static_cast<std::size_t>(refusal)].fetch_add(1); }
  std::uint64_t refused(Refusal refusal) const {
    return refused_[static_cast<std::size_t>(refusal)].load();
  }

  std::atomic<std::int64_t> connections{0};            // open now
  std::atomic<std::int64_t> certificate_expires{0};    // Unix time; 0 = TLS is not spoken
  std::atomic<std::uint64_t> certificates_refused{0};  // reloads that left the old one in use

 private:
  std::array<std::atomic<std::uint64_t>, kRefusals> refused_{};
};

}  // namespace dugout::observability

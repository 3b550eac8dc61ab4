// How many sessions had a turn within the last minutes, in constant memory however many there are:
// a table that remembers by the session's hash when its place was last used, and linear counting
// for what shares a place. Exact for a few dozen, within 2 % up to a hundred thousand. Lock-free;
// [any].
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

namespace dugout::observability {

class ActiveSessions {
 public:
  static constexpr std::size_t kPlaces = 1U << 16;

  ActiveSessions();

  // `minute` counts up from zero or later.
  void seen(std::string_view session, std::int64_t minute);
  // Since `minute`, that one included; it may lie before zero.
  std::uint64_t since(std::int64_t minute) const;

 private:
  std::unique_ptr<std::atomic<std::int64_t>[]> last_;  // minute + 1; 0 = never
};

}  // namespace dugout::observability

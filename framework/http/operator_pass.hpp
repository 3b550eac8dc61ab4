// Operators who have shown their token: each browser holds a pass, a random id in a cookie that is
// known here alone, in memory, for twelve hours. And the wrong tokens, counted by address, so that
// nobody guesses for long. Both are bounded. [any]
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "http/operators.hpp"

namespace dugout::http {

class OperatorPasses {
 public:
  static constexpr auto kLasts = std::chrono::hours(12);
  static constexpr std::size_t kMost = 1000;  // beyond it the one that is to end first ends

  std::string begin(core::MonoTime now, Who who = {"admin", Role::kAdmin});
  bool holds(std::string_view id, core::MonoTime now) const { return holder(id, now).has_value(); }
  std::optional<Who> holder(std::string_view id, core::MonoTime now) const;
  void end(std::string_view id);

 private:
  struct Pass {
    core::MonoTime until{};
    Who who;
  };
  mutable std::mutex mutex_;                         // guards passes_
  std::map<std::string, Pass, std::less<>> passes_;  // by id
};

class WrongTokens {
 public:
  static constexpr int kPerMinute = 10;  // of one address
  static constexpr std::size_t kMost = 1000;

  // How long this address is not listened to; zero = it is.
  core::Duration shut_for(std::string_view address, core::MonoTime now) const;
  void count(std::string_view address, core::MonoTime now);

 private:
  struct Row {
    core::MonoTime begun{};
    int wrong = 0;
  };
  void make_room(core::MonoTime now);

  mutable std::mutex mutex_;                      // guards rows_
  std::map<std::string, Row, std::less<>> rows_;  // by address
};

}  // namespace dugout::http

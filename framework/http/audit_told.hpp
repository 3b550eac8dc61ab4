// What operators do goes into the audit log; what repeats itself within minutes, as a page that
// asks again and again, and guesses beyond a number a minute, go there once. [any]
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "http/access.hpp"

namespace dugout::http {

struct Service;

// Which lines are due.
class AuditTold {
 public:
  static constexpr auto kLookedAgain = std::chrono::minutes(10);
  static constexpr int kRefusalsPerMinute = 30;
  static constexpr std::size_t kMost = 5000;

  // Is this the first look for a while?
  bool first_look(const std::string& who_and_what, core::MonoTime now);
  // May one more refusal be written? `left_out`: how many were not, since the last that was.
  bool may_refuse(core::MonoTime now, int& left_out);

 private:
  std::mutex mutex_;  // guards all below
  std::map<std::string, core::MonoTime> looks_;
  core::MonoTime minute_{};
  int refused_ = 0, left_out_ = 0;
};

// Something an operator did. A log that cannot be written to is told in the other one.
void tell_audit(Service& service, std::string_view who, std::string_view what,
                std::string_view target, std::string_view outcome = "ok");
// A look at something, told once for a while.
void tell_look(Service& service, const std::string& who, const std::string& what,
               const std::string& target);
// Somebody was not let in. `who` may be empty.
void tell_refusal(Service& service, std::string_view who, std::string_view what,
                  std::string_view target);

// The key that binds conversations: that of the options, or a fresh one.
std::string chat_key_of(const AccessOptions& access);

}  // namespace dugout::http

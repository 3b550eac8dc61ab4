// One resend per payment request: the table `sms_resends` keeps which call claimed it. A claim
// whose message could not be sent is marked failed, and the next claim inserts the next edition of
// the unique key: still one winner, whoever asks at once. [worker]
#pragma once

#include <string>

#include "dugout/sdk/host.hpp"

namespace sms {

class Resends {
 public:
  explicit Resends(dugout::sdk::Host host) : host_(host) {}

  // The id of the row that this call (`run`: its idempotency key) holds; kConflict when another
  // call has used the resend.
  dugout::Outcome<std::string> claim(const std::string& token, const std::string& run) const;

  // Was it this call that claimed the resend?
  dugout::Outcome<bool> is_claimed(const std::string& token, const std::string& run) const;

  void mark_failed(const std::string& id) const;

 private:
  dugout::sdk::Host host_;
};

}  // namespace sms

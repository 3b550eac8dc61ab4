// The two messages that follow from a payment: the parent's confirmation, and the team manager's
// notice about a player who is back. Each goes out once, whatever is repeated. [worker]
#pragma once

#include <nlohmann/json.hpp>

#include "sms/sender.hpp"

namespace apply_payment_event {

class Notices {
 public:
  // `config`: the plugin's whole config. Throws std::runtime_error when its sms block is wrong.
  Notices(const nlohmann::json& config, dugout::sdk::Host host)
      : host_(host), sender_(host, sms::read_settings(config, host)) {}

  // kUnavailable = not sent yet, and another try may send it. A number that gets no SMS, or a
  // message that the service refuses, is only logged: the registration is none the worse for it.
  dugout::Status confirm(const nlohmann::json& registration) const;
  // Never fails: the manager of a team may have no number, and there is the club's own list.
  void tell_manager(const nlohmann::json& registration) const;

 private:
  dugout::sdk::Host host_;
  sms::Sender sender_;
};

}  // namespace apply_payment_event

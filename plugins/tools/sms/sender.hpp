// Sends SMS, one for each key and for ever: the table `sms_messages` holds who claimed a key and
// what came of it. A message whose outcome is not known is looked for at the service before
// anything is sent again. Needs records/1, clock/1, log/1 and, for Twilio, http/1.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sms/settings.hpp"

namespace sms {

class Service;

struct Sent {
  std::string message_sid;
  std::string to;               // +447...
  std::int64_t sent_at_ms = 0;  // unix time
};

// For a call that somebody waits for. After an answer that leaves open whether the message is
// still on its way, it waits once, looks for it and sends it if it is not there; by default, and
// when what is left until `until` does not suffice, that is left to a later call.
struct Patience {
  std::chrono::milliseconds wait{0};
  std::chrono::steady_clock::time_point until{};
};

class Sender {
 public:
  Sender(dugout::sdk::Host host, Settings settings);
  ~Sender();
  Sender(Sender&&) noexcept;

  // [worker] Sends `text`, or answers with the message that this key has sent before.
  // `to_e164` as mobile_of() of sms/phone.hpp gives it. `billing_request_id` ties the message to a
  // registration, for its delivery status; empty = to none. Errors:
  //   kUnavailable  not sent, or not known yet; the same call may be made again later
  //   kRefused      the service is not configured, or it refuses our credentials
  //   kInvalid      this number cannot get an SMS
  //   kUpstream     the service refuses this message; the cause is in the log
  dugout::Outcome<Sent> send_once(std::string_view key, std::string_view to_e164,
                                  const std::string& text, std::string_view billing_request_id = {},
                                  const Patience& patience = {}) const;

  // [worker] For `reconcile`: what came of the key after its sender's process has ended.
  // kNotFound = nothing was sent, so it may be; kUnavailable = it cannot be told now, as also while
  // the sender's lease lasts: its call may live on, or have reached the service.
  dugout::Outcome<Sent> settle(std::string_view key) const;

  const Settings& settings() const { return settings_; }

 private:
  dugout::sdk::Host host_;
  Settings settings_;
  std::unique_ptr<Service> service_;
};

// A tool's result for an error of send_once: {"ok":false,"error":{...}}, with a sentence fit for a
// parent and the code unavailable, not_configured, invalid_phone or not_sent.
std::string refusal(const dugout::Error& error);

}  // namespace sms

// What can carry an SMS, as the sender sees it: the outbox folder of a fresh install, or Twilio.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sms/settings.hpp"

namespace sms {

struct Message {
  std::string key, to, text, billing_request_id;
};

// How one try to hand a message over ended.
struct Posted {
  enum class State { kSent, kNotSent, kUnknown };
  State state = State::kUnknown;
  std::string sid;        // of kSent
  dugout::Error error{};  // of the others, with the codes of Sender::send_once
  bool over = false;      // of kUnknown: the service itself answered, so nothing is under way
  std::string cause = "no answer";  // of the others; one word or number for the row
};

class Service {
 public:
  virtual ~Service() = default;

  // [worker]
  virtual Posted post(const Message& message) const = 0;

  // May a message be under way that is not among sids_of() yet? False where we write it ourselves:
  // it is there or it is not, and a crash is settled without waiting for the lease.
  virtual bool takes_time() const { return true; }

  // [worker] The messages to this number with exactly this text, from the day of `since_ms` on,
  // that are on their way or arrived. kUnavailable, kRefused: it cannot be told.
  virtual dugout::Outcome<std::vector<std::string>> sids_of(const Message& message,
                                                            std::int64_t since_ms) const = 0;
};

std::unique_ptr<Service> make_outbox(const Settings& settings, dugout::sdk::Host host);
std::unique_ptr<Service> make_twilio(const Settings& settings, dugout::sdk::Host host);

}  // namespace sms

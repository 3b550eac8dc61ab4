// Who may send under a key, and what came of it: the table `sms_messages`. A row goes from
// `sending` to `sent` or `failed`. As a row's unique key is for ever, a key that was freed is
// claimed again as its next edition; whoever inserts that edition has it, whoever asks at once.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dugout/sdk/host.hpp"
#include "sms/service.hpp"

namespace sms {

struct Claim {
  nlohmann::json sent;               // the row that was sent before; null = there is none
  std::string id;                    // else: of the row that is ours now
  std::vector<nlohmann::json> open;  // earlier rows of which it is not known what came
};

class Claims {
 public:
  explicit Claims(dugout::sdk::Host host) : host_(host) {}

  // [worker] kConflict: somebody is sending right now. kUnavailable: the store cannot be reached.
  dugout::Outcome<Claim> take(const Message& message) const;

  // [worker] All rows of a key, oldest first.
  dugout::Outcome<std::vector<nlohmann::json>> rows_of(std::string_view key) const;

  // [worker] Is this one a message of another row?
  dugout::Outcome<bool> is_known(const std::string& sid) const;

  // [worker] Ends of a claim. The text goes with it: it names people.
  dugout::Outcome<nlohmann::json> sent(const std::string& id, const std::string& sid) const;
  void failed(const std::string& id, const std::string& cause) const;
  // Not known: nobody takes it up before the service must have noticed it too.
  void leave_open(const std::string& id) const;

  // [worker] To be called right before each sending. False: the claim is no longer ours.
  dugout::Outcome<bool> hold(const std::string& id) const;
  // [worker] Ends the lease of another one's claim: its hold() fails from now on. False: it is
  // sending right now, and the claim must be left alone.
  dugout::Outcome<bool> stop(const nlohmann::json& row) const;

 private:
  dugout::sdk::Host host_;
};

}  // namespace sms

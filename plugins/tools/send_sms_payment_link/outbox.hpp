// The SMS service of a fresh install: a folder with one file for each message. A message is there
// as a whole or not at all, under a name made from its idempotency key, so the same call finds it
// again. [any]; a message is written by one call at a time, as the host gives a key to one call
// only.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "dugout/sdk/outcome.hpp"

namespace sms {

// 32 hexadecimal digits; the same text gives the same ones in every process.
std::string fingerprint(std::string_view text);

class LocalOutbox {
 public:
  explicit LocalOutbox(std::string folder) : folder_(std::move(folder)) {}

  // kNotFound when no message of this key was written.
  dugout::Outcome<nlohmann::json> find(const std::string& key) const;

  // Durable when it returns done. kUnavailable when the folder cannot be written.
  dugout::Status put(const std::string& key, const nlohmann::json& message) const;

 private:
  std::string path(const std::string& key) const;

  std::string folder_;
};

}  // namespace sms

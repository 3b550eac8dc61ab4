// What the tools around SMS are set to: the block `sms` of dugout.yaml, with the data folder and
// the public address. Immutable once read.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "dugout/sdk/host.hpp"

namespace sms {

struct Settings {
  std::string backend = "local";  // or "twilio"
  std::string account_sid, auth_token, from;
  std::string base_url = "https://api.twilio.com";
  std::string club_name = "Urmston Town Juniors FC";
  std::string outbox = "var/outbox";                 // of the local backend
  std::string public_url = "http://127.0.0.1:8080";  // no slash at the end

  bool is_local() const { return backend == "local"; }
  // False when Twilio is to be used and a credential is missing.
  bool ready() const;
  // The page on which a registration is paid for.
  std::string payment_link(const std::string& billing_request_id) const {
    return public_url + "/reg_setup/" + billing_request_id;
  }
};

// [load] `config` is the plugin's whole config, with the members "sms", "data_folder" and
// "public_url" where its config.schema.json names them. Throws std::runtime_error with the member
// that is wrong. Writes a warning when credentials are missing. Needs schema/1 and log/1.
Settings read_settings(const nlohmann::json& config, const dugout::sdk::Host& host);

}  // namespace sms

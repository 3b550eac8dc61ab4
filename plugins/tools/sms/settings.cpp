#include "sms/settings.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace sms {
namespace {

// Credentials may be empty: an unset variable of the environment must not stop the start.
constexpr std::string_view kSchema = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "backend": {"enum": ["local", "twilio"]},
    "account_sid": {"type": "string", "pattern": "^[0-9A-Za-z]*$", "maxLength": 64},
    "auth_token": {"type": "string", "maxLength": 200},
    "from": {"type": "string", "maxLength": 20},
    "base_url": {"type": "string", "pattern": "^https?://[^ ?#]+$"},
    "club_name": {"type": "string", "minLength": 1, "maxLength": 80}}})";

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

bool Settings::ready() const {
  return is_local() || (!account_sid.empty() && !auth_token.empty() && !from.empty());
}

Settings read_settings(const nlohmann::json& config, const dugout::sdk::Host& host) {
  const auto block = config.value("sms", nlohmann::json::object());
  if (const auto fits = host.check_schema(kSchema, block.dump()); !fits) {
    throw std::runtime_error("the setting services.sms: " + fits.error().message);
  }
  Settings out;
  out.backend = block.value("backend", out.backend);
  out.account_sid = block.value("account_sid", "");
  out.auth_token = block.value("auth_token", "");
  out.from = block.value("from", "");
  out.base_url = without_slash(block.value("base_url", out.base_url));
  out.club_name = block.value("club_name", out.club_name);
  out.outbox = config.value("data_folder", "var") + "/outbox";
  out.public_url = without_slash(config.value("public_url", out.public_url));
  if (!out.ready()) {
    host.log(2, "sms: services.sms lacks account_sid, auth_token or from; no SMS can be sent");
  }
  return out;
}

}  // namespace sms

// Bodies of webhooks: the first byte picks one. Signed as the service signs, they are read; signed
// otherwise, never.
#include <openssl/hmac.h>

#include "core/text.hpp"
#include "support/plugin_harness.hpp"
#include "target.hpp"
#include "twilio_webhook/signature.hpp"

using dugout::fuzz::require;
using dugout::test::PluginUnderTest;
using nlohmann::json;

namespace {

const std::string kUrl = "https://join.example.org/webhooks/twilio";

std::string hex_hmac(const std::string& body) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), "test-secret", 11, reinterpret_cast<const unsigned char*>(body.data()),
       body.size(), digest, &size);
  std::string out;
  for (unsigned at = 0; at < size; ++at) {
    out += "0123456789abcdef"[digest[at] >> 4];
    out += "0123456789abcdef"[digest[at] & 15];
  }
  return out;
}

json heard(PluginUnderTest& tool, const char* header, const std::string& signature,
           const std::string& body) {
  const auto answer = tool.start(json{
      {"method", "POST"},
      {"url", kUrl},
      {"headers", {{header, signature}}},
      {"body", body}}.dump());
  require(answer.done(), "a webhook answers");
  return answer.json();
}

}  // namespace

FUZZ_TARGET(webhooks) {
  static PluginUnderTest gocardless("tool.gocardless_webhook",
                                    {{"payments", {{"webhook_secret", "test-secret"}}}});
  static PluginUnderTest twilio_tool("tool.twilio_webhook", {{"sms",
                                                              {{"backend", "twilio"},
                                                               {"account_sid", "ACtest"},
                                                               {"auth_token", "12345"},
                                                               {"from", "+447700900999"}}}});
  if (input.empty()) return;
  const bool money = input.front() % 2 == 0;
  const dugout::fuzz::Parts<2> part(input.substr(1));
  const auto body = dugout::core::to_utf8(part[0]), other = dugout::core::to_utf8(part[1]);
  auto& tool = money ? gocardless : twilio_tool;
  const auto* header = money ? "webhook-signature" : "x-twilio-signature";
  const auto right =
      money ? hex_hmac(body) : twilio::signature_of("12345", kUrl, twilio::parameters_of(body));

  const auto signed_so = heard(tool, header, right, body);
  require(money || signed_so["ok"] == true, "what Twilio signed is read");
  require(signed_so["ok"] == true || signed_so["error"]["code"] == "invalid_request",
          "what is signed is read, or has no events");
  if (signed_so["ok"] == true) require(signed_so["data"]["events"].is_array(), "it has events");
  if (other == right) return;
  require(heard(tool, header, other, body)["error"]["code"] == "bad_signature",
          "a wrong signature is refused");
}

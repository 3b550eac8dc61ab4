// What outside services answer to the tools that ask them: anything. The first byte picks the tool,
// the second the status; NUL parts one answer from the next. A tool ends with a result, never a
// throw.
#include <memory>
#include <vector>

#include "core/text.hpp"
#include "support/plugin_harness.hpp"
#include "target.hpp"

using dugout::fuzz::require;
using dugout::test::PluginUnderTest;
using dugout::test::ServiceReply;
using nlohmann::json;

namespace {

struct Asking {
  const char* id;
  json config, args;
};

const json kGoogle{{"addresses", {{"backend", "google"}, {"api_key", "test-google-key"}}}};

const std::vector<Asking>& tools() {
  static const std::vector<Asking> all{
      {"tool.address_validation", kGoogle, {{"address", "9 Ash Close, Stretford M32 9LX"}}},
      {"tool.address_lookup", kGoogle, {{"house_number", "9"}, {"postcode", "M41 6ZZ"}}},
      {"tool.create_payment_token",
       {{"payments", {{"backend", "gocardless"}, {"access_token", "test-token"}}}},
       {{"player_full_name", "Alfie Barlow"},
        {"age_group", "u9"},
        {"team_name", "Lions"},
        {"parent_full_name", "Helen Barlow"},
        {"parent_first_name", "Helen"},
        {"preferred_payment_day", 15},
        {"parent_phone", "07700900123"}}},
      {"tool.send_sms_payment_link",
       {{"sms",
         {{"backend", "twilio"},
          {"account_sid", "ACtest0001"},
          {"auth_token", "test-token"},
          {"from", "+447700900999"}}},
        {"public_url", "https://join.example.org"},
        {"settle_wait_ms", 0}},
       {{"billing_request_id", "BRQTEST0000000000001"},
        {"parent_phone", "07700 900123"},
        {"player_name", "Alfie"},
        {"parent_first_name", "Helen"}}}};
  return all;
}

constexpr int kStatuses[] = {200, 201, 204, 301, 400, 401, 404, 409, 422, 429, 500, 503, 0};

}  // namespace

FUZZ_TARGET(services) {
  static std::vector<std::unique_ptr<PluginUnderTest>> plugins;
  if (plugins.empty()) {
    for (const auto& tool : tools())
      plugins.push_back(std::make_unique<PluginUnderTest>(tool.id, tool.config));
  }
  if (input.size() < 2) return;
  const auto which = static_cast<unsigned char>(input[0]) % tools().size();
  const int status = kStatuses[static_cast<unsigned char>(input[1]) % std::size(kStatuses)];
  const dugout::fuzz::Parts<3> bodies(input.substr(2));
  dugout::test::reset_services();
  std::size_t asked = 0;
  dugout::test::answer_http([&](const auto&) -> ServiceReply {
    const auto at = asked++;
    return {at == 0 ? status : 200, std::string(bodies[std::min<std::size_t>(at, 2)])};
  });
  const auto answer = plugins[which]->start(tools()[which].args.dump());
  dugout::test::answer_http(nullptr);
  require(answer.status != DUGOUT_E_INTERNAL, "no answer makes a tool fall over");
  require(asked <= 50, "nor ask for ever");
  if (!answer.done()) return;
  const auto result = json::parse(answer.text, nullptr, false);
  require(result.is_object() && result["ok"].is_boolean(), "a tool ends with a result");
}

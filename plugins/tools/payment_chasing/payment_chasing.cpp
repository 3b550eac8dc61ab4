// Reminds the parents of registrations that are not paid for, and suspends those that stay so.
// Run by the clock, once a day. [worker]; no state between calls.
#include <nlohmann/json.hpp>
#include <string>

#include "chase.hpp"
#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"

namespace {

using dugout::Code;
using dugout::Outcome;
using nlohmann::json;

constexpr std::string_view kDeclaration = R"({
  "name": "payment_chasing",
  "description": "Reminds parents of open payments after 3, 5 and 7 days and suspends the registration after 8.",
  "schedule": {"at": "10:00"},
  "arguments": {
    "type": "object", "additionalProperties": false,
    "properties": {"dry_run": {"type": "boolean", "default": false}}},
  "result": {
    "type": "object", "required": ["dry_run", "sent", "suspended", "failed"],
    "properties": {
      "dry_run": {"type": "boolean"}, "sent": {"type": "integer"}, "suspended": {"type": "integer"},
      "managers_told": {"type": "integer"}, "managers_unknown": {"type": "integer"},
      "failed": {"type": "integer"}, "unreadable": {"type": "integer"},
      "steps": {"type": "array", "items": {"type": "object"}},
      "failures": {"type": "array", "items": {"type": "object"}}}},
  "timeout_ms": 600000})";

constexpr std::size_t kBatch = 50;
constexpr std::int64_t kMostMs = 480'000;  // of one run; the next try goes on from there

// What was done stands beside the error: an operator wants both.
std::string result(const json& data, const char* code, const char* message, bool retryable = true) {
  const json error{{"code", code}, {"message", message}, {"retryable", retryable}};
  return json{{"ok", false}, {"data", data}, {"error", error}}.dump();
}

class PaymentChasing final : public dugout::sdk::Tool {
 public:
  PaymentChasing(std::string_view config, dugout::sdk::Host host)
      : host_(host), sender_(host, sms::read_settings(json::parse(config), host)) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view context) override {
    const bool dry_run = json::parse(args).value("dry_run", false);
    if (!dry_run && !sender_.settings().ready()) return sms::refusal({Code::kRefused, ""});
    // All of them: a row without a status counts as pending.
    const auto found = host_.find_rows("registrations", "{}");
    if (!found) {
      return dugout::sdk::refused("unavailable", "The registrations cannot be read.", true);
    }
    const auto rows = json::parse(*found);
    chasing::Chase chase(host_, sender_, json::parse(context).value("idempotency_key", ""));
    const bool whole = dry_run ? plan(rows, chase) : act(rows, chase);
    auto data = chase.told();
    data["dry_run"] = dry_run;
    host_.log(1, "payment_chasing: sent " + data["sent"].dump() + ", suspended " +
                     data["suspended"].dump() + ", failed " + data["failed"].dump());
    if (chase.is_barred()) return result(data, "not_configured", "SMS is not configured.", false);
    if (!whole) return result(data, "more", "There are more registrations than fit one run.");
    if (chase.again()) return result(data, "unavailable", "Some of the steps could not be taken.");
    return dugout::sdk::accepted(data.dump());
  }

 private:
  static bool plan(const json& rows, chasing::Chase& chase) {
    for (const auto& row : rows) chase.plan(row);
    return true;
  }

  // False when time ran out between two batches.
  bool act(const json& rows, chasing::Chase& chase) const {
    const auto end_ms = host_.unix_ms() + kMostMs;
    for (std::size_t at = 0; at < rows.size() && !chase.is_barred(); ++at) {
      if (at % kBatch == 0 && host_.unix_ms() > end_ms) return false;
      chase.act(rows[at]);
    }
    return true;
  }

  dugout::sdk::Host host_;
  sms::Sender sender_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(PaymentChasing, "tool.payment_chasing")

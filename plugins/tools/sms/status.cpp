#include "sms/status.hpp"

#include <nlohmann/json.hpp>

#include "dugout/sdk/dates.hpp"

namespace sms {
namespace {

using dugout::Code;
using dugout::Done;
using dugout::Error;
using dugout::Outcome;
using dugout::Status;
using nlohmann::json;

constexpr int kMostRounds = 10;

Outcome<json> rows_about(const dugout::sdk::Host& host, const char* table,
                         const std::string& billing_request_id) {
  const auto where = json{{"billing_request_id", billing_request_id}};
  const auto found = host.find_rows(table, where.dump());
  if (!found) return Error{Code::kUnavailable, "the store cannot be reached"};
  return json::parse(*found);
}

// What the row has to show; an empty object when nothing was sent.
json summary(const json& messages) {
  const json* shown = nullptr;
  for (const auto& one : messages) {
    if (one.value("state", "") != "sent") continue;
    const auto delivered = [](const json& row) {
      return row.value("sms_delivery_status", "") == "delivered";
    };
    const auto sent_at = [](const json& row) { return row.value("sent_at_ms", std::int64_t{0}); };
    const bool better = shown == nullptr || (delivered(one) && !delivered(*shown)) ||
                        (delivered(one) == delivered(*shown) && sent_at(one) >= sent_at(*shown));
    if (better) shown = &one;
  }
  if (shown == nullptr) return json::object();
  const auto error = shown->find("sms_delivery_error");
  return {{"sms_sent_at", dugout::sdk::iso_time(shown->value("sent_at_ms", std::int64_t{0}))},
          {"sms_delivery_status", shown->value("sms_delivery_status", "sent")},
          {"sms_delivery_error", error == shown->end() ? json() : *error}};
}

bool shows(const json& row, const json& wanted) {
  auto merged = row;
  merged.merge_patch(wanted);
  return merged == row;
}

}  // namespace

int rank_of(std::string_view status) {
  if (status == "pending") return 0;
  if (status == "sent") return 1;
  if (status == "failed" || status == "undelivered") return 2;
  return status == "delivered" ? 3 : -1;
}

Status publish_status(const dugout::sdk::Host& host, const std::string& billing_request_id) {
  auto messages = rows_about(host, "sms_messages", billing_request_id);
  if (!messages) return messages.error();
  for (int round = 0; round < kMostRounds; ++round) {
    const auto wanted = summary(*messages);
    const auto rows = rows_about(host, "registrations", billing_request_id);
    if (!rows) return rows.error();
    if (rows->empty()) return Error{Code::kNotFound, "there is no such registration"};
    for (const auto& row : *rows) {
      if (shows(row, wanted)) continue;
      const auto id = row.at("id").get<std::string>();
      if (!host.update_row("registrations", id, wanted.dump()))
        return Error{Code::kUnavailable, "the registration cannot be written"};
    }
    // Somebody may have learned more, and written it, before our older news was written: whoever
    // writes last looks once more.
    messages = rows_about(host, "sms_messages", billing_request_id);
    if (!messages) return messages.error();
    if (summary(*messages) == wanted) return Done{};
  }
  return Error{Code::kUnavailable, "the messages change too quickly"};
}

}  // namespace sms

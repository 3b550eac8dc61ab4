#include "sms/claims.hpp"

namespace sms {
namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using nlohmann::json;

constexpr const char* kTable = "sms_messages";
constexpr int kMostEditions = 200;
// Longer than the one call that sends (8 s at most), and then long enough for the service to list
// what arrived at the last moment. Renewed before each such call, so a crash costs no more.
constexpr std::int64_t kSendingMs = 15'000;
constexpr std::int64_t kSettlingMs = 10'000;

Error no_store() {
  return {Code::kUnavailable, "the store cannot be reached"};
}

std::string text_of(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

Outcome<Claim> Claims::take(const Message& message) const {
  const auto now = host_.unix_ms();
  const auto row = text_of({{"key", message.key},
                            {"state", "sending"},
                            {"to", message.to},
                            {"text", message.text},
                            {"billing_request_id", message.billing_request_id},
                            {"claimed_at_ms", now},
                            {"lease_ms", now + kSendingMs}});
  Claim out;
  for (int edition = 1; edition <= kMostEditions; ++edition) {
    const auto unique = message.key + "|" + std::to_string(edition);
    const auto inserted = host_.insert_row(kTable, unique, row);
    if (inserted) {
      out.id = json::parse(*inserted).at("id").get<std::string>();
      return out;
    }
    if (inserted.error().code != Code::kConflict) return no_store();
    auto holder = json::parse(inserted.error().detail).at("detail");
    const auto state = holder.value("state", "");
    if (state == "sent") {
      out.sent = std::move(holder);
      return out;
    }
    if (state != "sending") continue;
    if (holder.value("lease_ms", std::int64_t{0}) > now) {
      return Error{Code::kConflict, "it is being sent right now"};
    }
    out.open.push_back(std::move(holder));
  }
  return Error{Code::kUpstream, "too many attempts"};
}

Outcome<std::vector<json>> Claims::rows_of(std::string_view key) const {
  const auto found = host_.find_rows(kTable, text_of({{"key", key}}));
  if (!found) return no_store();
  return json::parse(*found).get<std::vector<json>>();
}

Outcome<bool> Claims::is_known(const std::string& sid) const {
  const auto found = host_.find_rows(kTable, text_of({{"message_sid", sid}}));
  if (!found) return no_store();
  return !json::parse(*found).empty();
}

Outcome<json> Claims::sent(const std::string& id, const std::string& sid) const {
  const auto row = host_.update_row(kTable, id,
                                    text_of({{"state", "sent"},
                                             {"message_sid", sid},
                                             {"sent_at_ms", host_.unix_ms()},
                                             {"sms_delivery_status", "sent"},
                                             {"text", nullptr}}));
  if (!row) return no_store();
  return json::parse(*row);
}

void Claims::failed(const std::string& id, const std::string& cause) const {
  // If this fails too, the claim stays open, and the service is asked before anything is sent.
  (void)host_.update_row(kTable, id,
                         text_of({{"state", "failed"}, {"cause", cause}, {"text", nullptr}}));
}

void Claims::leave_open(const std::string& id) const {
  (void)host_.update_row(kTable, id, text_of({{"lease_ms", host_.unix_ms() + kSettlingMs}}));
}

Outcome<bool> Claims::hold(const std::string& id) const {
  const auto row =
      host_.update_row(kTable, id, text_of({{"lease_ms", host_.unix_ms() + kSendingMs}}));
  if (!row) return no_store();
  const auto after = json::parse(*row);
  return after.value("state", "") == "sending" && !after.value("stopped", false);
}

Outcome<bool> Claims::stop(const json& row) const {
  const auto now = host_.unix_ms();
  if (row.value("lease_ms", std::int64_t{0}) > now) return false;
  // The merge is atomic: either we see that it has renewed its lease, or it sees this.
  const auto after = host_.update_row(kTable, row.value("id", ""), text_of({{"stopped", true}}));
  if (!after) return no_store();
  return json::parse(*after).value("lease_ms", std::int64_t{0}) <= now;
}

}  // namespace sms

#include "resends.hpp"

#include <nlohmann/json.hpp>

namespace sms {
namespace {

using dugout::Code;
using dugout::Outcome;
using nlohmann::json;

constexpr const char* kTable = "sms_resends";
constexpr int kMostEditions = 20;

}  // namespace

Outcome<std::string> Resends::claim(const std::string& token, const std::string& run) const {
  for (int edition = 1; edition <= kMostEditions; ++edition) {
    const auto unique = token + "|" + std::to_string(edition);
    const json row{{"billing_request_id", token}, {"idempotency_key", run}, {"failed", false}};
    const auto inserted = host_.insert_row(kTable, unique, row.dump());
    if (inserted) return json::parse(*inserted).at("id").get<std::string>();
    if (inserted.error().code != Code::kConflict) return inserted.error();
    const auto holder = json::parse(inserted.error().detail).at("detail");
    if (holder.value("failed", false)) continue;
    if (holder.value("idempotency_key", "") != run) return inserted.error();
    return holder.at("id").get<std::string>();
  }
  return dugout::Error{Code::kConflict, "too many attempts"};
}

Outcome<bool> Resends::is_claimed(const std::string& token, const std::string& run) const {
  const json where{{"billing_request_id", token}, {"idempotency_key", run}, {"failed", false}};
  const auto found = host_.find_rows(kTable, where.dump());
  if (!found) return found.error();
  return !json::parse(*found).empty();
}

void Resends::mark_failed(const std::string& id) const {
  // If this fails too, the resend counts as used: better one SMS too few than one too many.
  (void)host_.update_row(kTable, id, R"({"failed": true})");
}

}  // namespace sms

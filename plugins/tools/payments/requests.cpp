#include "payments/requests.hpp"

namespace payments {
namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using nlohmann::json;

constexpr const char* kRequestsTable = "payment_requests";

}  // namespace

Outcome<json> PaymentRequests::order(const std::string& key, json wanted, const Provider& provider,
                                     const Settings& settings) const {
  if (auto known = find("idempotency_key", key); known || known.error().code != Code::kNotFound) {
    return known;
  }
  const PaymentOrder order{wanted["player_full_name"], wanted["team_name"], wanted["age_group"],
                           wanted.value("preferred_payment_day", ""), settings.signing_fee_pence};
  const auto request = provider.request_payment(key, order);
  if (!request) return request.error();
  wanted["billing_request_id"] = *request;
  wanted["signing_fee_amount_pence"] = settings.signing_fee_pence;
  wanted["monthly_amount_pence"] = settings.monthly_pence;
  return store(key, std::move(wanted));
}

Outcome<json> PaymentRequests::store(const std::string& key, json wanted) const {
  wanted["idempotency_key"] = key;
  wanted["status"] = "pending";
  wanted["created_at_ms"] = host_.unix_ms();
  const auto inserted = host_.insert_row(kRequestsTable, key, wanted.dump());
  if (inserted) return wanted;
  if (inserted.error().code != Code::kConflict) return inserted.error();
  return json::parse(inserted.error().detail).at("detail");
}

Outcome<json> PaymentRequests::find(const std::string& member, const std::string& value) const {
  if (value.empty()) return Error{Code::kNotFound, "no such payment request"};
  const auto rows = host_.find_rows(kRequestsTable, json{{member, value}}.dump());
  if (!rows) return rows.error();
  auto found = json::parse(*rows);
  if (found.empty()) return Error{Code::kNotFound, "no such payment request"};
  return found.front();
}

dugout::Status PaymentRequests::fulfil(const std::string& request, const std::string& mandate,
                                       const std::string& payment) const {
  const auto row = find("billing_request_id", request);
  if (!row && row.error().code == Code::kNotFound) return dugout::Done{};
  if (!row) return row.error();
  json changes{{"status", "fulfilled"}};
  if (!mandate.empty()) changes["mandate_id"] = mandate;
  if (!payment.empty()) changes["payment_id"] = payment;
  const auto updated =
      host_.update_row(kRequestsTable, row->at("id").get<std::string>(), changes.dump());
  if (!updated) return updated.error();
  return dugout::Done{};
}

}  // namespace payments

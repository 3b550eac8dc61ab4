#include "payments/registrations.hpp"

#include <algorithm>

#include "payments/requests.hpp"

namespace payments {
namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using nlohmann::json;

constexpr const char* kRegistrationsTable = "registrations";
constexpr int kMostRounds = 8;

Error unknown() {
  return {Code::kNotFound, "no registration belongs to it"};
}

bool has_replaced(const json& row, const std::string& request) {
  const auto earlier = row.value("earlier_billing_request_ids", json::array());
  return std::find(earlier.begin(), earlier.end(), json(request)) != earlier.end();
}

}  // namespace

std::string text_of(const json& row, const char* name) {
  if (!row.is_object()) return {};
  const auto found = row.find(name);
  return found != row.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_yes(const json& row, const char* name) {
  return text_of(row, name) == "Y";
}

std::string status_of(const json& row) {
  const bool fee = is_yes(row, "signing_on_fee_paid"), mandate = is_yes(row, "mandate_authorised");
  const auto now = text_of(row, "registration_status");
  if (fee && mandate) {
    const auto failures = row.find("subscription_failures");
    const bool given_up = failures != row.end() && failures->is_number_integer() &&
                          *failures >= kFailuresUntilIncomplete;
    return given_up && !is_yes(row, "subscription_activated") ? "incomplete" : "active";
  }
  if (now == "active") return now;
  if (fee) return "incomplete";  // also out of a suspension, which was for the fee
  return now.empty() ? "pending_payment" : now;
}

json repairs(const json& row) {
  json out = json::object();
  const auto status = status_of(row);
  if (text_of(row, "registration_status") != status) out["registration_status"] = status;
  const auto since = row.find("suspend_date");
  if (status != "suspended" && since != row.end() && !since->is_null()) {
    out["suspend_date"] = nullptr;
  }
  if (is_yes(row, "subscription_activated") && text_of(row, "subscription_status") == "failed") {
    out["subscription_status"] = "active";
    out["subscription_error"] = nullptr;
  }
  return out;
}

Outcome<json> Registrations::rows_where(const json& where) const {
  const auto rows = host_.find_rows(kRegistrationsTable, where.dump());
  if (!rows) return rows.error();
  return json::parse(*rows);
}

Outcome<json> Registrations::first_where(const json& where) const {
  auto rows = rows_where(where);
  if (!rows) return rows.error();
  if (rows->empty()) return unknown();
  return rows->front();
}

Outcome<json> Registrations::of_request(const std::string& request) const {
  if (request.empty()) return unknown();
  auto row = first_where({{"billing_request_id", request}});
  if (row || row.error().code != Code::kNotFound) return row;
  // A parent who registered again may pay on the link that was sent first. Names may have been
  // corrected since, so only the row itself tells; the table of requests keeps strangers' ids from
  // having all rows read.
  const auto asked = PaymentRequests(host_).find("billing_request_id", request);
  if (!asked) return asked.error().code == Code::kNotFound ? unknown() : asked.error();
  const auto rows = rows_where(json::object());
  if (!rows) return rows.error();
  for (const auto& one : *rows) {
    if (has_replaced(one, request)) return one;
  }
  return unknown();
}

Outcome<json> Registrations::of_subscription(const std::string& subscription) const {
  if (subscription.empty()) return unknown();
  auto row = first_where({{"ongoing_subscription_id", subscription}});
  if (row || row.error().code != Code::kNotFound) return row;
  return first_where({{"interim_subscription_id", subscription}});
}

Outcome<json> Registrations::paid_and_authorised() const {
  return rows_where({{"signing_on_fee_paid", "Y"}, {"mandate_authorised", "Y"}});
}

Outcome<bool> Registrations::has_sibling(const json& row) const {
  const auto parent = text_of(row, "parent_full_name"), family = text_of(row, "player_last_name");
  if (parent.empty() || family.empty()) return false;
  json where{{"parent_full_name", parent}, {"player_last_name", family}};
  if (const auto season = text_of(row, "season"); !season.empty()) where["season"] = season;
  const auto rows = rows_where(where);
  if (!rows) return rows.error();
  const auto request = text_of(row, "billing_request_id");
  return std::any_of(rows->begin(), rows->end(), [&](const json& other) {
    return text_of(other, "id") != text_of(row, "id") &&
           text_of(other, "billing_request_id") != request;
  });
}

Outcome<json> Registrations::change(const json& row, const json& changes) const {
  auto current = row;
  auto wanted = changes;
  for (int round = 0; round < kMostRounds && !wanted.empty(); ++round) {
    const auto updated = host_.update_row(kRegistrationsTable, text_of(row, "id"), wanted.dump());
    if (!updated) return updated.error();
    current = json::parse(*updated);
    wanted = repairs(current);
  }
  return current;
}

}  // namespace payments

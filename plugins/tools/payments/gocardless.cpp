#include "payments/gocardless.hpp"

#include <openssl/sha.h>

#include <nlohmann/json.hpp>

namespace payments {
namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using nlohmann::json;

constexpr std::size_t kLongestKey = 128;

std::string text_member(const json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const json& member(const json& object, const char* name) {
  static const json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(name);
  return found == object.end() ? kNothing : *found;
}

// A word of the provider's vocabulary; anything else might be somebody's data.
std::string word(const std::string& text) {
  constexpr auto kLetters = "abcdefghijklmnopqrstuvwxyz0123456789_.[]";
  const bool plain = text.size() <= 60 && text.find_first_not_of(kLetters) == text.npos;
  return plain ? text : "?";
}

// "validation_failed (day_of_month)": the provider's type and fields, never its sentences.
std::string summary(const json& error, int status) {
  const auto type = text_member(error, "type");
  std::string fields;
  for (const auto& one : member(error, "errors")) {
    auto name = text_member(one, "field");
    if (name.empty()) name = text_member(one, "reason");
    if (!name.empty()) fields += (fields.empty() ? "" : ", ") + word(name);
  }
  return (type.empty() ? "status " + std::to_string(status) : word(type)) +
         (fields.empty() ? "" : " (" + fields + ")");
}

// The id of what an earlier request with the same key has made; empty = another failure.
std::string earlier_one(const json& error) {
  for (const auto& one : member(error, "errors")) {
    if (text_member(one, "reason") != "idempotent_creation_conflict") continue;
    return text_member(member(one, "links"), "conflicting_resource_id");
  }
  return {};
}

Error failure(const json& error, int status) {
  // An answer of 200 may hold an error, and then its code is the real status.
  const auto& code = member(error, "code");
  if (status < 400) status = code.is_number_integer() ? code.get<int>() : 500;
  const auto what = "GoCardless: " + summary(error, status);
  if (status == 401 || status == 403) return {Code::kRefused, what};
  if (status == 404) return {Code::kNotFound, what};
  if (status == 429 || status >= 500 || status < 400) return {Code::kUnavailable, what};
  return {Code::kInvalid, what};
}

// A key that fits into a header line as it is, or its SHA-256.
std::string header_key(const std::string& key) {
  constexpr auto kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:/#@|+=";
  if (!key.empty() && key.size() <= kLongestKey && key.find_first_not_of(kPlain) == key.npos) {
    return key;
  }
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const auto byte : digest) {
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

json customer_of(const Customer& customer) {
  json out{{"country_code", "GB"}};
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) out[name] = value;
  };
  put("email", customer.email);
  put("given_name", customer.given_name);
  put("family_name", customer.family_name);
  put("address_line1", customer.address_line1);
  put("city", customer.city);
  put("postal_code", customer.postal_code);
  return out;
}

}  // namespace

GoCardless::GoCardless(const Settings& settings, dugout::sdk::Host host)
    : access_token_(settings.access_token), base_url_(settings.base_url), host_(host) {}

dugout::sdk::HttpCall GoCardless::call_of(const std::string& method,
                                          const std::string& path) const {
  dugout::sdk::HttpCall call;
  call.method = method;
  call.url = base_url_ + path;
  call.headers = {{"Authorization", "Bearer " + access_token_},
                  {"GoCardless-Version", "2015-07-06"},
                  {"Accept", "application/json"}};
  call.deadline_ms = 25'000;
  return call;
}

// A body with "error" is a failure whatever its status says, and one that is no JSON (a proxy's
// page, say) tells nothing about the order.
Outcome<json> GoCardless::answer_to(const dugout::sdk::HttpCall& call,
                                    const std::string& collection) const {
  if (access_token_.empty()) {
    host_.log(3, "payments: no access_token is set; the call of " + collection + " was not made");
    return Error{Code::kRefused, "GoCardless: no access token is set"};
  }
  const auto answer = dugout::sdk::send(host_, call);
  if (!answer) return Error{Code::kUnavailable, "GoCardless: no answer"};
  const auto body = json::parse(answer->body, nullptr, false);
  const auto& resource = member(body, collection.c_str());
  const bool good = answer->status >= 200 && answer->status < 300;
  if (good && resource.is_object() && !body.contains("error")) return resource;
  auto error = failure(member(body, "error"), answer->status);
  if (auto id = earlier_one(member(body, "error")); !id.empty()) {
    error = {Code::kConflict, error.message, json{{"id", id}}.dump()};
  } else if (error.code == Code::kRefused) {
    host_.log(3, "payments: GoCardless refuses the access token (status " +
                     std::to_string(answer->status) + "): check access_token and environment");
  } else {
    host_.log(2, "payments: " + call.method + " " + collection + ", status " +
                     std::to_string(answer->status) + ": " + error.message);
  }
  return error;
}

Outcome<json> GoCardless::get(const std::string& collection, const std::string& id) const {
  auto call = call_of("GET", "/" + collection + "/" + id);
  call.effect = "none";
  return answer_to(call, collection);
}

Outcome<json> GoCardless::post(const std::string& collection, const std::string& key,
                               const json& resource) const {
  auto call = call_of("POST", "/" + collection);
  call.headers.emplace_back("Content-Type", "application/json");
  if (!key.empty()) call.headers.emplace_back("Idempotency-Key", header_key(key));
  call.effect = "idempotent";
  call.body = json{{collection, resource}}.dump(-1, ' ', false, json::error_handler_t::replace);
  return answer_to(call, collection);
}

Outcome<Subscribed> GoCardless::create(const std::string& collection, const std::string& key,
                                       const json& resource) const {
  const auto made = post(collection, key, resource);
  const bool repeated = !made && made.error().code == Code::kConflict;
  if (!made && !repeated) return made.error();
  const auto id =
      repeated ? text_member(json::parse(made.error().detail), "id") : text_member(*made, "id");
  if (id.empty()) return Error{Code::kUnavailable, "GoCardless: an answer without an id"};
  return Subscribed{id, repeated};
}

// At most three metadata keys fit into one object.
Outcome<std::string> GoCardless::request_payment(const std::string& key,
                                                 const PaymentOrder& order) const {
  json mandate{{"currency", "GBP"},
               {"metadata", {{"player_name", order.player_full_name}, {"type", "subscription"}}}};
  if (!order.payment_day.empty()) mandate["metadata"]["payment_day"] = order.payment_day;
  const auto made = create("billing_requests", key,
                           {{"payment_request",
                             {{"amount", order.fee_pence},
                              {"currency", "GBP"},
                              {"description", "Signing-on fee for " + order.player_full_name},
                              {"metadata",
                               {{"player_name", order.player_full_name},
                                {"type", "signing_fee"},
                                {"team", order.team}}}}},
                            {"mandate_request", mandate},
                            {"metadata",
                             {{"player_name", order.player_full_name},
                              {"team", order.team},
                              {"age_group", order.age_group}}}});
  if (!made) return made.error();
  return made->id;
}

// Without an idempotency key: each visit is to get a page of its own.
Outcome<std::string> GoCardless::payment_page(const std::string& request,
                                              const Customer& customer) const {
  json order{{"links", {{"billing_request", request}}}};
  if (!customer.empty()) order["prefilled_customer"] = customer_of(customer);
  const auto flow = post("billing_request_flows", "", order);
  if (!flow) return flow.error();
  const auto url = text_member(*flow, "authorisation_url");
  if (url.starts_with("https://") || url.starts_with("http://")) return url;
  return Error{Code::kUnavailable, "GoCardless: a flow without an address"};
}

bool GoCardless::is_fulfilled(const std::string& request) const {
  const auto found = get("billing_requests", request);
  return found && text_member(*found, "status").starts_with("fulfill");  // fulfilled, fulfilling
}

Outcome<std::string> GoCardless::mandate_of(const std::string& request) const {
  const auto found = get("billing_requests", request);
  if (!found) return found.error();
  auto mandate = text_member(member(*found, "links"), "mandate_request_mandate");
  if (mandate.empty()) {
    mandate = text_member(member(member(*found, "mandate_request"), "links"), "mandate");
  }
  if (mandate.empty()) return Error{Code::kNotFound, "there is no mandate yet"};
  return mandate;
}

Outcome<Date> GoCardless::next_charge(const std::string& mandate) const {
  const auto found = get("mandates", mandate);
  if (!found) return found.error();
  const auto date = date_of_iso(text_member(*found, "next_possible_charge_date"));
  if (date.year > 0) return date;
  return Error{Code::kInvalid,
               "the mandate cannot be charged: " + word(text_member(*found, "status"))};
}

Outcome<Subscribed> GoCardless::subscribe(const SubscriptionOrder& order) const {
  json resource{{"amount", std::to_string(order.amount_pence)},
                {"currency", "GBP"},
                {"name", "Monthly fee for " + order.player_full_name},
                {"interval_unit", "monthly"},
                {"start_date", order.start_date},
                {"end_date", order.end_date},
                {"metadata",
                 {{"player_name", order.player_full_name},
                  {"player_team", order.team},
                  {"subscription_type", order.kind}}},
                {"links", {{"mandate", order.mandate}}}};
  if (order.day_of_month != 0) resource["day_of_month"] = std::to_string(order.day_of_month);
  auto made = create("subscriptions", order.key, resource);
  if (made && made->repeated) {
    // Several orders may have been sent, and any one of them may have arrived. The id is what
    // counts, so a failure here is none of the order.
    if (const auto earlier = get("subscriptions", made->id)) {
      const auto start = date_of_iso(text_member(*earlier, "start_date"));
      if (start.year > 0) made->start_date = iso_day(start);
    }
  }
  return made;
}

}  // namespace payments

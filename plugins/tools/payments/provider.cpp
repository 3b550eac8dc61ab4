#include "payments/provider.hpp"

#include <sys/random.h>

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "payments/gocardless.hpp"

namespace payments {
namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using nlohmann::json;

// "BRQ" and 20 characters out of 36, from the kernel: more than 100 bits, so it cannot be guessed.
std::string fresh_request_id() {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string out = "BRQ";
  while (out.size() < 23) {
    std::array<unsigned char, 32> bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
      throw std::runtime_error("no random bytes");
    }
    for (const auto byte : bytes) {
      if (byte < 252 && out.size() < 23) out += kAlphabet[byte % 36];  // 252 = 7 x 36: no bias
    }
  }
  return out;
}

// The provider of a fresh install. The table payment_requests is all it knows; what follows from a
// request is made of its id, so a repeat gives the same.
class LocalProvider final : public Provider {
 public:
  explicit LocalProvider(dugout::sdk::Host host) : host_(host) {}

  Outcome<std::string> request_payment(const std::string& /*key*/,
                                       const PaymentOrder& /*order*/) const override {
    return fresh_request_id();  // the row with the key decides which one counts
  }

  Outcome<std::string> payment_page(const std::string& /*request*/,
                                    const Customer& /*customer*/) const override {
    return Error{Code::kInvalid, "the local provider has no page of its own"};
  }

  bool is_fulfilled(const std::string& request) const override { return mandate_of(request).ok(); }

  Outcome<std::string> mandate_of(const std::string& request) const override {
    const auto rows =
        host_.find_rows("payment_requests", json{{"billing_request_id", request}}.dump());
    if (!rows) return Error{Code::kUnavailable, "the table payment_requests cannot be read"};
    const auto found = json::parse(*rows);
    const bool done = !found.empty() && found[0].value("status", "") == "fulfilled";
    if (!done) return Error{Code::kNotFound, "there is no mandate yet"};
    return local_id("MD", request);
  }

  Outcome<Date> next_charge(const std::string& /*mandate*/) const override {
    return add_days(dugout::sdk::date_of_unix_ms(host_.unix_ms()), 6);
  }

  Outcome<Subscribed> subscribe(const SubscriptionOrder& order) const override {
    const auto at = order.key.rfind('-');
    const auto suffix = at == order.key.npos ? order.key : order.key.substr(at + 1);
    return Subscribed{local_id(order.kind == "interim" ? "SBI" : "SB", suffix), false};
  }

 private:
  dugout::sdk::Host host_;
};

}  // namespace

std::string local_id(const std::string& prefix, const std::string& request) {
  return prefix + (request.starts_with("BRQ") ? request.substr(3) : request);
}

std::unique_ptr<Provider> make_provider(const Settings& settings, dugout::sdk::Host host) {
  if (settings.hosted) return std::make_unique<GoCardless>(settings, host);
  return std::make_unique<LocalProvider>(host);
}

}  // namespace payments

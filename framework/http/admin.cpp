#include "http/admin.hpp"

#include "core/text.hpp"

namespace dugout::http {
namespace {

constexpr std::string_view kScheme = "bearer ";  // case does not matter (RFC 9110, 11.1)
constexpr auto kRealm = "Bearer realm=\"operators\"";

std::string_view token_of(std::string_view header) {
  if (core::lower(header.substr(0, kScheme.size())) != kScheme) return {};
  return core::trim(header.substr(kScheme.size()));
}

}  // namespace

bool same_secret(std::string_view secret, std::string_view shown) {
  if (secret.empty()) return false;
  // Each byte of what was shown is looked at; the length of the secret is no secret.
  volatile unsigned char differ = secret.size() == shown.size() ? 0 : 1;
  for (std::size_t at = 0; at < shown.size(); ++at) {
    const auto wanted = static_cast<unsigned char>(secret[at % secret.size()]);
    differ = differ | (wanted ^ static_cast<unsigned char>(shown[at]));
  }
  return differ == 0;
}

bool admit_operator(Service& service, Exchange& exchange) {
  const auto& secret = service.options.admin_token;
  if (secret.empty()) {
    exchange.problem(nothing_at(exchange.path()), service.clock);
    return false;
  }
  const std::string header = exchange.request().get("Authorization", "");
  if (same_secret(secret, token_of(header))) return true;
  service.log.warning("admin.refused", {{"token_shown", !header.empty()}});
  Problem problem;
  problem.status = 401;
  problem.title = "For operators";
  problem.detail = "Send the operator's token: Authorization: Bearer ...";
  problem.authenticate = kRealm;
  exchange.problem(problem, service.clock);
  return false;
}

}  // namespace dugout::http

#include "cli/access_options.hpp"

namespace dugout::cli {
namespace {

http::Rate rate_of(const config::RateSettings& rate) {
  return {rate.per_second, rate.burst};
}

}  // namespace

void set_access(const config::Settings& settings, http::ServerOptions& options) {
  const auto& access = settings.access;
  options.connections = access.connections;
  options.connections_per_address = access.connections_per_address;
  options.head_timeout = std::chrono::milliseconds(static_cast<long>(access.head_timeout * 1000));
  options.head_bytes = access.head_bytes;
  options.proxies = access.proxies;
  options.proxies_forwarded = access.proxy_header == "forwarded";
  options.rates = {access.rates,          rate_of(access.chat),  rate_of(access.upload),
                   rate_of(access.batch), rate_of(access.other), rate_of(access.session)};
  const auto& tls = settings.tls;
  options.tls = {tls.certificate,      tls.key,    tls.key_password.reveal(), tls.key_password_file,
                 tls.minimum == "1.3", tls.ciphers};
  options.hsts = std::chrono::seconds(tls.hsts_seconds);
  options.redirect = tls.http_redirect;
}

}  // namespace dugout::cli

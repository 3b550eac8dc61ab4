#include "cli/client_options.hpp"

namespace dugout::cli {
namespace {

http::Rate rate_of(const config::RateSettings& rate) {
  return {rate.per_second, rate.burst};
}

}  // namespace

void set_clients(const config::Settings& settings, http::ServerOptions& options) {
  const auto& clients = settings.clients;
  options.connections = clients.connections;
  options.connections_per_address = clients.connections_per_address;
  options.head_timeout = std::chrono::milliseconds(static_cast<long>(clients.head_timeout * 1000));
  options.head_bytes = clients.head_bytes;
  options.proxies = clients.proxies;
  options.proxies_forwarded = clients.proxy_header == "forwarded";
  options.rates = {clients.rates,          rate_of(clients.chat),  rate_of(clients.upload),
                   rate_of(clients.batch), rate_of(clients.other), rate_of(clients.session)};
  const auto& tls = settings.tls;
  options.tls = {tls.certificate,      tls.key,    tls.key_password.reveal(), tls.key_password_file,
                 tls.minimum == "1.3", tls.ciphers};
  options.hsts = std::chrono::seconds(tls.hsts_seconds);
  options.redirect = tls.http_redirect;
}

}  // namespace dugout::cli

#include "config/client_settings.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "config/client_read.hpp"
#include "core/text.hpp"

namespace dugout::config {
namespace {

constexpr double kRateMost = 1e6;
constexpr long long kHstsMost = 63'072'000;

// "10.0.0.0/8", "::1"
bool is_client_network(const std::string& text) {
  const auto slash = text.find('/');
  const auto host = text.substr(0, slash);
  unsigned char bytes[sizeof(in6_addr)];
  const bool six = inet_pton(AF_INET6, host.c_str(), bytes) == 1;
  if (!six && inet_pton(AF_INET, host.c_str(), bytes) != 1) return false;
  if (slash == std::string::npos) return true;
  Node bits;
  bits.kind = Node::Kind::kScalar;
  bits.scalar = text.substr(slash + 1);
  const auto count = bits.as_integer();
  return count && *count >= 0 && *count <= (six ? 128 : 32);
}

void read_proxy_keys(SettingsReader& limits, ClientSettings& out) {
  limits.words("proxies", out.proxies);
  if (!std::all_of(out.proxies.begin(), out.proxies.end(), is_client_network)) {
    limits.refuse("proxies", "must be addresses or networks",
                  "such as [127.0.0.1, \"10.0.0.0/8\", \"fd00::/8\"]");
    out.proxies.clear();
  }
  limits.text("proxy_header", out.proxy_header);
  out.proxy_header = core::lower(out.proxy_header);
  if (out.proxy_header != "x-forwarded-for" && out.proxy_header != "forwarded") {
    limits.refuse("proxy_header", "must be x-forwarded-for or forwarded",
                  "name the one that your proxy sets");
    out.proxy_header = "x-forwarded-for";
  }
}

void read_rate_keys(const Node* node, LoadState& state, ClientSettings& out) {
  SettingsReader reader(node, "limits.rates", state);
  reader.flag("enabled", out.rates);
  const auto rate = [&](const std::string& name, RateSettings& into) {
    reader.real(name + "_per_second", 0.0, kRateMost, into.per_second);
    reader.count(name + "_burst", 1, 1'000'000, into.burst);
  };
  rate("chat", out.chat);
  rate("upload", out.upload);
  rate("batch", out.batch);
  rate("other", out.other);
  rate("session", out.session);
  reader.finish();
}

void check_tls_pair(SettingsReader& reader, TlsSettings& out) {
  if (out.certificate.empty() == out.key.empty()) return;
  reader.refuse(out.key.empty() ? "key" : "certificate", "is missing beside the other",
                "certificate and key are two PEM files, or one named twice");
  out.certificate.clear();
  out.key.clear();
}

}  // namespace

ClientSettings read_clients(SettingsReader& limits, LoadState& state) {
  ClientSettings out;
  limits.count("connections", 0, 1'000'000, out.connections);
  limits.count("connections_per_address", 0, 1'000'000, out.connections_per_address);
  limits.seconds("head_timeout", 0.1, 600.0, out.head_timeout);
  limits.bytes("head_bytes", 4096, 1 << 20, out.head_bytes);
  read_proxy_keys(limits, out);
  read_rate_keys(limits.map("rates"), state, out);
  return out;
}

TlsSettings read_tls(const Node* node, LoadState& state) {
  TlsSettings out;
  SettingsReader reader(node, "tls", state);
  reader.text("certificate", out.certificate);
  reader.text("key", out.key);
  reader.secret("key_password", out.key_password);
  reader.text("key_password_file", out.key_password_file);
  reader.text("minimum", out.minimum);
  if (out.minimum != "1.2" && out.minimum != "1.3") {
    reader.refuse("minimum", "must be 1.2 or 1.3", "older ones are not spoken");
    out.minimum = "1.2";
  }
  reader.text("ciphers", out.ciphers);
  std::size_t hsts = static_cast<std::size_t>(out.hsts_seconds);
  reader.count("hsts_seconds", 0, kHstsMost, hsts);
  out.hsts_seconds = static_cast<long long>(hsts);
  int port = -1;
  reader.count("http_redirect", 0, 65'535, port);
  if (port >= 0) out.http_redirect = static_cast<std::uint16_t>(port);
  check_tls_pair(reader, out);
  if (out.certificate.empty() && out.http_redirect) {
    reader.refuse("http_redirect", "leads nowhere without a certificate", "set tls.certificate");
    out.http_redirect.reset();
  }
  reader.finish();
  return out;
}

}  // namespace dugout::config

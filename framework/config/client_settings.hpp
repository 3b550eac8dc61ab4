// Who may take how much of the HTTP server, and how it is encrypted: of `limits:` the keys about
// connections, slow clients, proxies and rates, and `tls:`. Plain values: cli makes options of
// them. [any]
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/secret.hpp"

namespace dugout::config {

struct RateSettings {
  double per_second = 0.0;  // 0 = no limit
  int burst = 1;
};

struct ClientSettings {
  int connections = 0;  // in all; 0 = as many as threads and queue hold
  int connections_per_address = 256;
  double head_timeout = 10.0;  // s, for the head of a request
  std::size_t head_bytes = 64U << 10;
  std::vector<std::string> proxies;  // networks that are believed about who asks
  std::string proxy_header = "x-forwarded-for";
  bool rates = true;
  RateSettings chat{100.0, 500}, upload{20.0, 100}, batch{10.0, 50}, other{200.0, 2000};
  RateSettings session{10.0, 100};
};

struct TlsSettings {
  std::string certificate, key;  // files; empty = no TLS
  Secret key_password;
  std::string key_password_file;
  std::string minimum = "1.2";
  std::string ciphers;                  // of 1.2; empty = a modern list
  long long hsts_seconds = 31'536'000;  // 0 = none
  std::optional<std::uint16_t> http_redirect;
};

}  // namespace dugout::config

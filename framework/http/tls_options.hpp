// Which certificate the server shows, and what it agrees to. Plain data.
#pragma once

#include <string>

namespace dugout::http {

struct TlsOptions {
  std::string certificate;  // PEM: the server's own first, then the chain; empty = no TLS
  std::string key;          // PEM
  std::string key_password;
  std::string key_password_file;  // its first line; read anew at each reload
  bool only_tls13 = false;        // else 1.2 as well
  std::string ciphers;            // of 1.2, as OpenSSL writes them; empty = a modern list

  bool wanted() const { return !certificate.empty(); }
};

}  // namespace dugout::http

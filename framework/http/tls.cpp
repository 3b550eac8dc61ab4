#include "http/tls.hpp"

#include <Poco/Exception.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstring>
#include <ctime>
#include <fstream>

namespace dugout::http {
namespace {

// Forward secrecy and authenticated encryption only (Mozilla's "intermediate", without DHE).
constexpr auto kModernCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

// The last reason that OpenSSL has, in its words; the queue is empty afterwards.
std::string openssl_reason() {
  std::string reason = "no reason is given";
  while (const auto code = ERR_get_error()) {
    if (const auto* text = ERR_reason_error_string(code)) reason = text;
  }
  return reason;
}

Error unusable(const std::string& key, const std::string& file, const std::string& why,
               const std::string& mend) {
  return {Code::kInvalid, "tls." + key + ": " + file + " " + why + "; " + mend};
}

int give_password(char* buffer, int size, int /*writing*/, void* data) {
  const auto& password = *static_cast<const std::string*>(data);
  if (static_cast<std::size_t>(size) < password.size()) return -1;
  std::memcpy(buffer, password.data(), password.size());
  return static_cast<int>(password.size());
}

Outcome<std::string> password_of(const TlsOptions& options) {
  if (options.key_password_file.empty()) return options.key_password;
  std::ifstream file(options.key_password_file);
  std::string line;
  if (!file || !std::getline(file, line)) {
    return unusable("key_password_file", options.key_password_file, "cannot be read",
                    "write the password into its first line");
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

Outcome<core::WallTime> wall_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
    return Error{Code::kInvalid, "has no time that can be read"};
  }
  return core::WallTime(std::chrono::seconds(timegm(&parts)));
}

// When it expires. REQUIRES: the context has a certificate.
Outcome<core::WallTime> check_dates(const SSL_CTX* context, const TlsOptions& options,
                                    core::WallTime now) {
  const auto* certificate = SSL_CTX_get0_certificate(context);
  const auto from = wall_of(X509_get0_notBefore(certificate));
  const auto until = wall_of(X509_get0_notAfter(certificate));
  if (!from || !until) {
    return unusable("certificate", options.certificate, "has no dates that can be read",
                    "ask for a new one");
  }
  if (*until <= now) {
    return unusable("certificate", options.certificate, "has expired", "ask for a new one");
  }
  if (*from > now) {
    return unusable("certificate", options.certificate, "is not valid yet",
                    "wait, or set the machine's time");
  }
  return *until;
}

Status load_pair(SSL_CTX* context, const TlsOptions& options, std::string password) {
  SSL_CTX_set_default_passwd_cb(context, give_password);
  SSL_CTX_set_default_passwd_cb_userdata(context, &password);
  Status done = Done{};
  if (SSL_CTX_use_certificate_chain_file(context, options.certificate.c_str()) != 1) {
    done = unusable("certificate", options.certificate, "cannot be used (" + openssl_reason() + ")",
                    "it must be a PEM file with the certificate and its chain");
  } else if (SSL_CTX_use_PrivateKey_file(context, options.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
             SSL_CTX_check_private_key(context) != 1) {
    done = unusable("key", options.key, "cannot be used (" + openssl_reason() + ")",
                    "it must be the certificate's key as PEM, and tls.key_password its password");
  }
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  return done;
}

Status set_terms(SSL_CTX* context, const TlsOptions& options) {
  SSL_CTX_set_min_proto_version(context, options.only_tls13 ? TLS1_3_VERSION : TLS1_2_VERSION);
  // A renegotiation costs the server more than the client, which may ask for it for ever.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  const auto* ciphers = options.ciphers.empty() ? kModernCiphers : options.ciphers.c_str();
  if (SSL_CTX_set_cipher_list(context, ciphers) == 1) return Done{};
  return Error{Code::kInvalid, "tls.ciphers: OpenSSL knows none of them (" + openssl_reason() +
                                   "); leave it out for a modern list"};
}

}  // namespace

Outcome<Tls::Loaded> Tls::read() const {
  auto password = password_of(options_);
  if (!password) return password.error();
  try {
    Poco::Net::Context::Params none;
    none.verificationMode = Poco::Net::Context::VERIFY_NONE;
    Loaded made;
    made.context = new Poco::Net::Context(Poco::Net::Context::TLS_SERVER_USE, none);
    auto* context = made.context->sslContext();
    ERR_clear_error();
    if (auto done = set_terms(context, options_); !done) return done.error();
    if (auto done = load_pair(context, options_, std::move(*password)); !done) return done.error();
    const auto expires = check_dates(context, options_, clock_.wall_now());
    if (!expires) return expires.error();
    made.expires = *expires;
    return made;
  } catch (const Poco::Exception& error) {
    return Error{Code::kInternal, std::string("tls: OpenSSL cannot be used: ") + error.name()};
  }
}

Status Tls::load() {
  auto fresh = read();
  if (!fresh) return fresh.error();
  const std::lock_guard lock(mutex_);
  loaded_ = std::move(*fresh);
  return Done{};
}

Status Tls::check() const {
  auto fresh = read();
  if (!fresh) return fresh.error();
  return Done{};
}

Poco::Net::Context::Ptr Tls::context() const {
  const std::lock_guard lock(mutex_);
  return loaded_.context;
}

core::WallTime Tls::expires() const {
  const std::lock_guard lock(mutex_);
  return loaded_.expires;
}

std::vector<std::string> Tls::files() const {
  if (!options_.wanted()) return {};
  std::vector<std::string> files{options_.certificate, options_.key};
  if (!options_.key_password_file.empty()) files.push_back(options_.key_password_file);
  return files;
}

}  // namespace dugout::http

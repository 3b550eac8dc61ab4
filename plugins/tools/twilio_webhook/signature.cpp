#include "signature.hpp"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "sms/encoding.hpp"

namespace twilio {
namespace {

// The address without a port that is written down, or with the one that is not.
std::string other_form(const std::string& url) {
  const auto scheme = url.find("://");
  if (scheme == url.npos) return url;
  const auto host = scheme + 3;
  const auto end = std::min(url.find_first_of("/?#", host), url.size());
  const auto colon = url.find(':', host);
  if (colon < end) return url.substr(0, colon) + url.substr(end);
  const auto* port = url.starts_with("https") ? ":443" : ":80";
  return url.substr(0, end) + port + url.substr(end);
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

Parameters parameters_of(std::string_view body) {
  Parameters out;
  while (!body.empty()) {
    const auto pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(pair.size() + 1, body.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = pair.substr(std::min(equals + 1, pair.size()));
    out.emplace_back(sms::form_decoded(pair.substr(0, equals)), sms::form_decoded(value));
  }
  return out;
}

std::string value_of(const Parameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return {};
}

std::string signature_of(std::string_view token, std::string_view url, Parameters parameters) {
  // A name with several values: those are sorted too, and each counts once.
  std::sort(parameters.begin(), parameters.end());
  parameters.erase(std::unique(parameters.begin(), parameters.end()), parameters.end());
  std::string text(url);
  for (const auto& [name, value] : parameters) text += name + value;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const auto* made =
      HMAC(EVP_sha1(), token.data(), static_cast<int>(token.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  if (made == nullptr) throw std::runtime_error("no HMAC-SHA1");
  return sms::base64({reinterpret_cast<const char*>(digest.data()), size});
}

bool is_signed(std::string_view token, const std::string& url, const Parameters& parameters,
               std::string_view signature) {
  const bool as_told = same(signature_of(token, url, parameters), signature);
  const bool otherwise = same(signature_of(token, other_form(url), parameters), signature);
  return as_told || otherwise;
}

}  // namespace twilio

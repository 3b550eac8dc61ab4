#include "s3/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <stdexcept>

#include "dugout/sdk/dates.hpp"

namespace s3 {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::size_t kHashSize = 32;
constexpr std::int64_t kDayMs = 86'400'000;

bool unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

// Ends trimmed, runs of blanks collapsed to one.
std::string tidy(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

Pairs canonical_headers(const Pairs& headers) {
  Pairs out;
  for (const auto& [name, value] : headers) out.emplace_back(lower(name), tidy(value));
  std::sort(out.begin(), out.end());
  return out;
}

std::string signed_headers(const Pairs& headers) {
  std::string out;
  for (const auto& [name, value] : canonical_headers(headers)) {
    out += (out.empty() ? "" : ";") + name;
  }
  return out;
}

std::string credential_scope(const Scope& scope) {
  return scope.date.substr(0, 8) + "/" + scope.region + "/" + scope.service + "/aws4_request";
}

}  // namespace

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0xf];
  }
  return out;
}

std::string sha256_hex(std::string_view bytes) {
  std::string hash(kHashSize, '\0');
  auto* out = reinterpret_cast<unsigned char*>(hash.data());
  if (EVP_Digest(bytes.data(), bytes.size(), out, nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not to be had");
  }
  return hex(hash);
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::string hash(kHashSize, '\0');
  const auto* input = reinterpret_cast<const unsigned char*>(text.data());
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), input, text.size(),
           reinterpret_cast<unsigned char*>(hash.data()), nullptr) == nullptr) {
    throw std::runtime_error("HMAC-SHA-256 is not to be had");
  }
  return hash;
}

std::string encoded(std::string_view text, bool keep_slash) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (unreserved(c) || (keep_slash && c == '/')) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0xf];
  }
  return out;
}

std::string canonical_query(const Pairs& query) {
  Pairs sorted;
  for (const auto& [name, value] : query) sorted.emplace_back(encoded(name), encoded(value));
  std::sort(sorted.begin(), sorted.end());
  std::string out;
  for (const auto& [name, value] : sorted) out += (out.empty() ? "" : "&") + name + "=" + value;
  return out;
}

std::string canonical_request(const Request& request) {
  std::string headers;
  for (const auto& [name, value] : canonical_headers(request.headers)) {
    headers += name + ":" + value + "\n";
  }
  const auto path = request.path.empty() ? "/" : request.path;
  return request.method + "\n" + path + "\n" + canonical_query(request.query) + "\n" + headers +
         "\n" + signed_headers(request.headers) + "\n" + request.payload_hash;
}

std::string signing_key(std::string_view secret, const Scope& scope) {
  auto key = hmac_sha256("AWS4" + std::string(secret), scope.date.substr(0, 8));
  key = hmac_sha256(key, scope.region);
  key = hmac_sha256(key, scope.service);
  return hmac_sha256(key, "aws4_request");
}

std::string signature(const Request& request, std::string_view secret, const Scope& scope) {
  const auto text = std::string(kAlgorithm) + "\n" + scope.date + "\n" + credential_scope(scope) +
                    "\n" + sha256_hex(canonical_request(request));
  return hex(hmac_sha256(signing_key(secret, scope), text));
}

std::string authorization(const Request& request, const Credentials& credentials,
                          const Scope& scope) {
  return std::string(kAlgorithm) + " Credential=" + credentials.access_key_id + "/" +
         credential_scope(scope) + ", SignedHeaders=" + signed_headers(request.headers) +
         ", Signature=" + signature(request, credentials.secret_access_key, scope);
}

std::string presigned_query(Request request, const Credentials& credentials, const Scope& scope,
                            int expires_s) {
  request.payload_hash = kUnsignedPayload;
  auto& query = request.query;
  query.emplace_back("X-Amz-Algorithm", kAlgorithm);
  query.emplace_back("X-Amz-Credential", credentials.access_key_id + "/" + credential_scope(scope));
  query.emplace_back("X-Amz-Date", scope.date);
  query.emplace_back("X-Amz-Expires", std::to_string(expires_s));
  query.emplace_back("X-Amz-SignedHeaders", signed_headers(request.headers));
  if (!credentials.session_token.empty()) {
    query.emplace_back("X-Amz-Security-Token", credentials.session_token);
  }
  return canonical_query(query) +
         "&X-Amz-Signature=" + signature(request, credentials.secret_access_key, scope);
}

std::string stamp_of(std::int64_t unix_ms) {
  const auto time = dugout::sdk::iso_time(unix_ms);
  std::string out;
  std::copy_if(time.begin(), time.end(), std::back_inserter(out),
               [](char c) { return c != '-' && c != ':'; });
  return out;
}

std::int64_t unix_ms_of_http_date(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  std::array<char, 4> month{};
  unsigned day = 0;
  int year = 0, hours = 0, minutes = 0, seconds = 0;
  const std::string copy(text.substr(0, 40));
  if (std::sscanf(copy.c_str(), "%*3s, %2u %3s %4d %2d:%2d:%2d GMT", &day, month.data(), &year,
                  &hours, &minutes, &seconds) != 6) {
    return -1;
  }
  const auto at = kMonths.find(month.data());
  const bool real = at != kMonths.npos && at % 3 == 0 && day >= 1 && day <= 31 && year >= 1970 &&
                    hours < 24 && minutes < 60 && seconds <= 60;
  if (!real || hours < 0 || minutes < 0 || seconds < 0) return -1;
  const auto days =
      dugout::sdk::days_since_1970({year, static_cast<int>(at / 3) + 1, static_cast<int>(day)});
  return days * kDayMs + ((hours * 60 + minutes) * 60 + seconds) * 1000LL;
}

}  // namespace s3

// AWS Signature Version 4, as S3 wants it: pure functions over texts, no clock and no I/O. [any]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace s3 {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Credentials {
  std::string access_key_id, secret_access_key;
  std::string session_token;  // of temporary credentials; empty = none
};

struct Scope {
  std::string date;  // 20250102T030405Z
  std::string region;
  std::string service = "s3";
};

struct Request {
  std::string method;
  std::string path;          // as it is sent: encoded once, from the first '/'
  Pairs query;               // plain names and values
  Pairs headers;             // those to be signed, names in any case
  std::string payload_hash;  // sha256_hex(body), or kUnsignedPayload
};

inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

std::string sha256_hex(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view text);  // 32 raw bytes
std::string hex(std::string_view bytes);

// Percent-encoding of everything but A-Z a-z 0-9 - . _ ~; `keep_slash` for paths.
std::string encoded(std::string_view text, bool keep_slash = false);
std::string canonical_query(const Pairs& query);
std::string canonical_request(const Request& request);
std::string signing_key(std::string_view secret, const Scope& scope);  // 32 raw bytes
std::string signature(const Request& request, std::string_view secret, const Scope& scope);

// The value of the header Authorization.
std::string authorization(const Request& request, const Credentials& credentials,
                          const Scope& scope);

// The query, without '?', that lets anybody who has it send `request` for `expires_s` seconds from
// scope.date on. The request's own query, payload hash and credentials' token are taken care of.
std::string presigned_query(Request request, const Credentials& credentials, const Scope& scope,
                            int expires_s);

std::string stamp_of(std::int64_t unix_ms);  // 20250102T030405Z

// Unix ms of "Fri, 24 May 2013 00:00:00 GMT"; -1 when it is no such date.
std::int64_t unix_ms_of_http_date(std::string_view text);

}  // namespace s3

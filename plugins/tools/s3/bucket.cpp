#include "s3/bucket.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace s3 {
namespace {

using dugout::Code;
using dugout::Done;
using dugout::Error;
using dugout::Outcome;
using dugout::Status;
using dugout::sdk::HttpAnswer;
using dugout::sdk::HttpCall;

constexpr std::array<std::string_view, 5> kPassing{
    "SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "OperationAborted"};

std::string header(const HttpAnswer& answer, const char* name) {
  const auto head = nlohmann::json::parse(answer.head, nullptr, false);
  const auto headers = head.is_object() ? head.find("headers") : head.end();
  if (!head.is_object() || headers == head.end() || !headers->is_object()) return {};
  return headers->value(name, "");
}

// The text of the first such element; empty when there is none. Enough for S3's flat error bodies.
std::string element(std::string_view xml, const std::string& name) {
  const auto open = "<" + name + ">";
  const auto start = xml.find(open);
  if (start == xml.npos) return {};
  const auto from = start + open.size();
  const auto end = xml.find("</" + name + ">", from);
  if (end == xml.npos || end - from > 200) return {};
  return std::string(xml.substr(from, end - from));
}

bool is_word(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::string fault_of(const HttpAnswer& answer) {
  const auto code = element(answer.body, "Code");
  return is_word(code, 64) ? code : std::string{};
}

bool passing(const HttpAnswer& answer, const std::string& fault) {
  return answer.status >= 500 || answer.status == 429 ||
         std::find(kPassing.begin(), kPassing.end(), fault) != kPassing.end();
}

bool elsewhere(const HttpAnswer& answer, const std::string& fault) {
  return answer.status == 301 || answer.status == 307 || fault == "AuthorizationHeaderMalformed";
}

Error error_of(const HttpAnswer& answer) {
  const auto fault = fault_of(answer);
  auto cause = "the photo store answered " + std::to_string(answer.status);
  if (!fault.empty()) cause += " " + fault;
  if (passing(answer, fault)) return Error{Code::kUnavailable, cause};
  const bool body = answer.status == 413 || fault == "EntityTooLarge" || fault == "BadDigest" ||
                    fault == "XAmzContentSHA256Mismatch";
  return Error{body ? Code::kInvalid : Code::kRefused, cause};
}

}  // namespace

Status Bucket::put(const Object& object, const std::string& body) {
  Wanted wanted{"PUT", object.key, {{"content-type", object.content_type}}, body};
  if (!settings_.sse.empty()) {
    wanted.headers.emplace_back("x-amz-server-side-encryption", settings_.sse);
  }
  for (const auto& [name, value] : object.metadata) {
    wanted.headers.emplace_back("x-amz-meta-" + name, encoded(value));
  }
  const auto answer = exchange(wanted);
  if (!answer) return answer.error();
  if (answer->status != 200) return error_of(*answer);
  // Something in between may answer 200 with a page of its own; a store names what it has kept.
  if (header(*answer, "etag").empty()) {
    return Error{Code::kUnavailable, "the answer is not one of an S3 store"};
  }
  return Done{};
}

Outcome<std::uint64_t> Bucket::size(const std::string& key) {
  static const std::string kNothing;
  const auto answer = exchange({"HEAD", key, {}, kNothing});
  if (!answer) return answer.error();
  if (answer->status == 404) return Error{Code::kNotFound, "no such object"};
  if (answer->status != 200) return error_of(*answer);
  return static_cast<std::uint64_t>(
      std::strtoull(header(*answer, "content-length").c_str(), nullptr, 10));
}

std::string Bucket::address(std::string_view key) const {
  const auto at = place(key, region());
  return at.scheme + at.host + at.path;
}

std::string Bucket::presigned(std::string_view key, std::int64_t unix_ms) const {
  const auto scope = Scope{stamp_of(unix_ms), region()};
  const auto at = place(key, scope.region);
  const Request request{"GET", at.path, {}, {{"host", at.host}}, {}};
  return at.scheme + at.host + at.path + "?" +
         presigned_query(request, settings_.credentials, scope, settings_.link_expires_s);
}

Bucket::Place Bucket::place(std::string_view key, const std::string& region) const {
  const auto endpoint =
      settings_.endpoint.empty() ? "https://s3." + region + ".amazonaws.com" : settings_.endpoint;
  const auto after = endpoint.find("://") + 3;
  Place out{endpoint.substr(0, after), endpoint.substr(after), "/" + encoded(key, true)};
  const std::string usual = out.scheme == "https://" ? ":443" : ":80";
  if (out.host.ends_with(usual)) out.host.resize(out.host.size() - usual.size());
  if (settings_.path_style) {
    out.path = "/" + settings_.bucket + out.path;
  } else {
    out.host = settings_.bucket + "." + out.host;
  }
  return out;
}

std::string Bucket::region() const {
  const std::lock_guard lock(mutex_);
  return region_;
}

std::int64_t Bucket::now() const {
  const std::lock_guard lock(mutex_);
  return host_.unix_ms() + clock_offset_ms_;
}

HttpCall Bucket::signed_call(const Wanted& wanted) const {
  const Scope scope{stamp_of(now()), region()};
  const auto at = place(wanted.key, scope.region);
  Request request{wanted.method, at.path, {}, wanted.headers, sha256_hex(wanted.body)};
  request.headers.emplace_back("host", at.host);
  request.headers.emplace_back("x-amz-date", scope.date);
  request.headers.emplace_back("x-amz-content-sha256", request.payload_hash);
  if (!settings_.credentials.session_token.empty()) {
    request.headers.emplace_back("x-amz-security-token", settings_.credentials.session_token);
  }
  HttpCall call{wanted.method, at.scheme + at.host + at.path, request.headers, wanted.body};
  call.headers.emplace_back("authorization", authorization(request, settings_.credentials, scope));
  call.effect = wanted.method == "PUT" ? "idempotent" : "none";
  call.timeout_ms = 15'000;
  call.deadline_ms = 25'000;
  return call;
}

// Signs again, once each, with the clock or the region that the server tells, and once where it
// only asks for patience; the waits between the host's own repeats are not this function's.
Outcome<HttpAnswer> Bucket::exchange(const Wanted& wanted) {
  bool skewed = false, moved = false, waited = false;
  while (true) {
    auto answer = dugout::sdk::send(host_, signed_call(wanted));
    if (!answer || answer->status / 100 == 2) return answer;
    const auto fault = fault_of(*answer);
    const bool again =
        (fault == "RequestTimeTooSkewed" && !std::exchange(skewed, true) && learn_clock(*answer)) ||
        (elsewhere(*answer, fault) && !std::exchange(moved, true) && learn_region(*answer)) ||
        ((fault == "RequestTimeout" || fault == "OperationAborted") &&
         !std::exchange(waited, true));
    if (!again) return answer;
  }
}

bool Bucket::learn_clock(const HttpAnswer& answer) {
  const auto theirs = unix_ms_of_http_date(header(answer, "date"));
  if (theirs < 0) return false;
  const std::lock_guard lock(mutex_);
  clock_offset_ms_ = theirs - host_.unix_ms();
  return true;
}

bool Bucket::learn_region(const HttpAnswer& answer) {
  auto told = header(answer, "x-amz-bucket-region");
  if (told.empty()) told = element(answer.body, "Region");
  if (!is_word(told, 40)) return false;
  const std::lock_guard lock(mutex_);
  return std::exchange(region_, told) != told;
}

}  // namespace s3

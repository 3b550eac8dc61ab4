#include "support/s3_double.hpp"

#include <ctime>

#include "support/sha256.hpp"

namespace dugout::test {
namespace {

using Map = std::map<std::string, std::string>;

constexpr std::int64_t kLargestSkew = 15 * 60'000;

std::string lower(std::string text) {
  for (auto& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string decoded(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size()) {
      out += static_cast<char>(std::stoi(text.substr(at + 1, 2), nullptr, 16));
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

std::string percent(const std::string& text, const std::string& kept) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) != 0 || ("-._~" + kept).find(c) != std::string::npos)) {
      out += c;
    } else {
      const auto digits = hex_of({&c, 1});
      out += '%';
      for (const char digit : digits) out += static_cast<char>(std::toupper(digit));
    }
  }
  return out;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == separator) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

std::int64_t ms_of(const std::string& stamp) {
  std::tm time{};
  if (strptime(stamp.c_str(), "%Y%m%dT%H%M%SZ", &time) == nullptr) return 0;
  return std::int64_t{timegm(&time)} * 1000;
}

std::string http_date(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm time{};
  gmtime_r(&seconds, &time);
  char text[64];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &time);
  return text;
}

// "Credential=a/b, SignedHeaders=c, Signature=d"
Map parameters_of(const std::string& authorization) {
  Map out;
  for (auto part : split(authorization.substr(authorization.find(' ') + 1), ',')) {
    part.erase(0, part.find_first_not_of(' '));
    const auto equals = part.find('=');
    if (equals != part.npos) out[part.substr(0, equals)] = part.substr(equals + 1);
  }
  return out;
}

bool listed(const std::string& names, const std::string& name) {
  return (";" + names + ";").find(";" + name + ";") != std::string::npos;
}

}  // namespace

struct S3Double::Asked {
  std::string method, host, path, key;  // path and key decoded
  bool right_bucket = false;
  Map query, headers;

  Asked(const ServiceCall& call, const std::string& bucket) : method(call.method) {
    auto rest = call.url.substr(call.url.find("://") + 3);
    const auto slash = rest.find('/');
    host = rest.substr(0, slash);
    const auto mark = rest.find('?');
    path = decoded(rest.substr(slash, mark == rest.npos ? mark : mark - slash));
    if (mark != rest.npos) {
      for (const auto& pair : split(rest.substr(mark + 1), '&')) {
        const auto equals = pair.find('=');
        query[decoded(pair.substr(0, equals))] = decoded(pair.substr(equals + 1));
      }
    }
    headers["host"] = host;
    for (const auto& [name, value] : call.headers.items()) {
      headers[lower(name)] = value.get<std::string>();
    }
    const auto in_path = "/" + bucket + "/";
    const bool by_host = host.starts_with(bucket + ".");
    right_bucket = by_host || path.starts_with(in_path);
    key = path.substr(by_host ? 1 : std::min(in_path.size(), path.size()));
  }

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
  std::string asked(const std::string& name) const {
    const auto found = query.find(name);
    return found == query.end() ? "" : found->second;
  }
};

ServiceReply s3_error(int status, const std::string& code, const std::string& more) {
  return {status,
          "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>no</Message>" + more +
              "</Error>",
          {{"content-type", "application/xml"}, {"date", http_date(1'759'320'000'000)}},
          true};
}

ServiceReply S3Double::refuse(const std::string& code) {
  refusals.push_back(code);
  auto reply = s3_error(code == "ExpiredToken" ? 400 : 403, code);
  if (code == "AuthorizationHeaderMalformed") {
    reply = moves_by_301 ? s3_error(301, "PermanentRedirect")
                         : s3_error(400, code, "<Region>" + region + "</Region>");
    if (moves_by_301) reply.headers["x-amz-bucket-region"] = region;
  }
  if (code == "NoSuchBucket") reply.status = 404;
  if (code == "XAmzContentSHA256Mismatch") reply.status = 400;
  reply.headers["date"] = http_date(now_ms);
  return reply;
}

ServiceReply S3Double::answer(const ServiceCall& call) {
  if (!failures.empty()) {
    const auto reply = failures.front();
    failures.pop_front();
    return reply;
  }
  const Asked asked(call, bucket);
  const auto code = asked.query.empty() ? fault(asked, call) : presigned_fault(asked);
  if (!code.empty()) return refuse(code);
  if (!asked.right_bucket) return refuse("NoSuchBucket");
  return serve(asked, call);
}

ServiceReply S3Double::serve(const Asked& asked, const ServiceCall& call) {
  if (asked.method == "PUT") {
    ++puts;
    objects[asked.key] = {call.body, asked.headers};
    return {200, "", {{"etag", "\"0\""}, {"date", http_date(now_ms)}}, true};
  }
  const auto found = objects.find(asked.key);
  if (found == objects.end()) return s3_error(404, "NoSuchKey");
  const auto& content = found->second.content;
  return {200,
          asked.method == "HEAD" ? "" : content,
          {{"content-length", std::to_string(content.size())}},
          true};
}

std::string S3Double::signature(const Asked& asked, const std::string& scope,
                                const std::string& stamp, const std::string& signed_names,
                                const std::string& payload) const {
  std::string headers, query;
  for (const auto& name : split(signed_names, ';'))
    headers += name + ":" + asked.header(name) + "\n";
  Map sorted;
  for (const auto& [name, value] : asked.query) {
    if (name != "X-Amz-Signature") sorted[percent(name, "")] = percent(value, "");
  }
  for (const auto& [name, value] : sorted) query += (query.empty() ? "" : "&") + name + "=" + value;
  const auto canonical = asked.method + "\n" + percent(asked.path, "/") + "\n" + query + "\n" +
                         headers + "\n" + signed_names + "\n" + payload;
  auto key = "AWS4" + secret;
  for (const auto& part : split(scope, '/')) key = hmac_sha256(key, part);
  return hex_of(hmac_sha256(
      key, "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + hex_of(sha256(canonical))));
}

std::string S3Double::fault(const Asked& asked, const ServiceCall& call) const {
  const auto authorization = asked.header("authorization");
  if (!authorization.starts_with("AWS4-HMAC-SHA256 ")) return "AccessDenied";
  auto given = parameters_of(authorization);
  const auto stamp = asked.header("x-amz-date");
  const auto scope = stamp.substr(0, 8) + "/" + region + "/s3/aws4_request";
  if (!given["Credential"].starts_with(key_id + "/")) return "InvalidAccessKeyId";
  if (given["Credential"] != key_id + "/" + scope) return "AuthorizationHeaderMalformed";
  if (asked.header("x-amz-security-token") != token) return "ExpiredToken";
  for (const auto& [name, value] : asked.headers) {
    const bool must = name == "host" || name == "content-type" || name.starts_with("x-amz-");
    if (must && !listed(given["SignedHeaders"], name)) return "AccessDenied";
  }
  const auto payload = asked.header("x-amz-content-sha256");
  if (payload != hex_of(sha256(call.body))) return "XAmzContentSHA256Mismatch";
  if (std::abs(ms_of(stamp) - now_ms) > kLargestSkew) return "RequestTimeTooSkewed";
  const auto right = signature(asked, scope, stamp, given["SignedHeaders"], payload);
  return given["Signature"] == right ? "" : "SignatureDoesNotMatch";
}

std::string S3Double::presigned_fault(const Asked& asked) const {
  const auto stamp = asked.asked("X-Amz-Date");
  const auto scope = stamp.substr(0, 8) + "/" + region + "/s3/aws4_request";
  if (asked.asked("X-Amz-Credential") != key_id + "/" + scope) return "AccessDenied";
  if (asked.asked("X-Amz-Security-Token") != token) return "ExpiredToken";
  const auto until = ms_of(stamp) + std::stoll("0" + asked.asked("X-Amz-Expires")) * 1000;
  if (now_ms >= until) return "AccessDenied";
  const auto right =
      signature(asked, scope, stamp, asked.asked("X-Amz-SignedHeaders"), "UNSIGNED-PAYLOAD");
  return asked.asked("X-Amz-Signature") == right ? "" : "SignatureDoesNotMatch";
}

}  // namespace dugout::test

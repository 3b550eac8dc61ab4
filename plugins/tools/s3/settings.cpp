#include "s3/settings.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace s3 {
namespace {

using nlohmann::json;

// What comes from the environment may be empty: then it is missing, which a call tells.
constexpr std::string_view kSchema = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "backend": {"enum": ["local", "s3"], "default": "local"},
    "endpoint": {"type": "string", "pattern": "^(https?://[A-Za-z0-9.:\\[\\]-]+/?)?$"},
    "region": {"type": "string", "pattern": "^[a-z0-9-]{0,40}$"},
    "bucket": {"type": "string", "pattern": "^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$"},
    "path_style": {"type": "boolean"},
    "prefix": {"type": "string", "maxLength": 200},
    "access_key_id": {"type": "string", "maxLength": 200},
    "secret_access_key": {"type": "string", "maxLength": 200},
    "session_token": {"type": "string", "maxLength": 4000},
    "sse": {"enum": ["", "AES256", "aws:kms"]},
    "link_expires_s": {"type": "integer", "minimum": 1, "maximum": 604800, "default": 3600}}})";

// `api_key:` with nothing behind it is a null in YAML, and means that it is not set.
json without_nulls(json block) {
  for (auto member = block.begin(); member != block.end();) {
    member = member->is_null() ? block.erase(member) : std::next(member);
  }
  return block;
}

void require(Settings& settings, std::string_view name, const std::string& value) {
  if (!value.empty()) return;
  settings.missing += (settings.missing.empty() ? "" : ", ") + std::string(name);
}

}  // namespace

Settings read_settings(std::string_view config, const dugout::sdk::Host& host) {
  const auto block = without_nulls(json::parse(config).value("photos", json::object()));
  if (const auto checked = host.check_schema(kSchema, block.dump()); !checked) {
    throw std::runtime_error("services: photos: " + checked.error().message);
  }
  Settings out;
  out.remote = block.value("backend", "local") == "s3";
  out.endpoint = block.value("endpoint", "");
  if (out.endpoint.ends_with('/')) out.endpoint.pop_back();
  out.region = block.value("region", "");
  out.bucket = block.value("bucket", "");
  // No certificate covers a bucket's name with dots, and few compatible stores have host names for
  // buckets.
  const bool in_path = !out.endpoint.empty() || out.bucket.find('.') != std::string::npos;
  out.path_style = block.value("path_style", in_path);
  out.prefix = block.value("prefix", "");
  out.credentials = {block.value("access_key_id", ""), block.value("secret_access_key", ""),
                     block.value("session_token", "")};
  out.sse = block.value("sse", "");
  out.link_expires_s = block.value("link_expires_s", out.link_expires_s);
  if (!out.remote) return out;
  require(out, "region", out.region);
  require(out, "bucket", out.bucket);
  require(out, "access_key_id", out.credentials.access_key_id);
  require(out, "secret_access_key", out.credentials.secret_access_key);
  if (!out.missing.empty()) {
    host.log(2, "photos: not set: " + out.missing + "; photos cannot be kept until it is");
  }
  return out;
}

}  // namespace s3

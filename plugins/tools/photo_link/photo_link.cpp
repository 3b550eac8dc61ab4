// Gives the club's people a link to look at a player's photo: one that expires, as objects are
// private. Signing needs no service, so nothing is sent. [worker]; no state between calls.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "dugout/sdk/dates.hpp"
#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"
#include "s3/bucket.hpp"

namespace {

using dugout::Outcome;
using dugout::sdk::accepted;
using dugout::sdk::refused;
using nlohmann::json;

constexpr std::string_view kDeclaration = R"({
  "name": "photo_link",
  "description": "Makes a link to the newest stored photo of a registration, for the club's people.",
  "arguments": {
    "type": "object", "additionalProperties": false, "required": ["record_id"],
    "properties": {"record_id": {"type": "string", "minLength": 1, "maxLength": 100}}},
  "result": {
    "type": "object", "required": ["url"],
    "properties": {"url": {"type": "string"}, "expires_at": {"type": "string"}}},
  "timeout_ms": 5000})";

// The newest that is certainly there; rows of before there was such a mark are.
std::optional<json> newest_stored(const json& rows) {
  std::optional<json> found;
  for (const auto& row : rows) {
    if (!row.value("stored", true)) continue;
    const auto when = row.value("uploaded_at_ms", std::int64_t{0});
    if (!found || when >= found->value("uploaded_at_ms", std::int64_t{0})) found = row;
  }
  return found;
}

class PhotoLink final : public dugout::sdk::Tool {
 public:
  PhotoLink(std::string_view config, dugout::sdk::Host host)
      : host_(host), settings_(s3::read_settings(config, host)) {
    const auto all = json::parse(config);
    folder_ = all.value("folder", all.value("data_folder", "var") + "/photos");
  }

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    if (!settings_.missing.empty()) {
      return refused("not_configured", "Not set in services: photos: " + settings_.missing + ".");
    }
    const json where{{"record_id", json::parse(args)["record_id"]}};
    const auto rows = host_.find_rows("photos", where.dump());
    if (!rows) return refused("unavailable", "The table of photos cannot be read now.", true);
    const auto photo = newest_stored(json::parse(*rows));
    if (!photo) return refused("not_found", "There is no stored photo of this registration.");
    return accepted(link_to(photo->at("filename")).dump());
  }

 private:
  json link_to(const std::string& name) const {
    if (!settings_.remote) {
      return {{"url",
               "file://" +
                   s3::encoded(
                       std::filesystem::absolute(folder_ + "/" + name).lexically_normal().string(),
                       true)}};
    }
    const s3::Bucket bucket(settings_, host_);
    const auto now = host_.unix_ms();
    return {
        {"url", bucket.presigned(settings_.prefix + name, now)},
        {"expires_at", dugout::sdk::iso_time(now + settings_.link_expires_s * std::int64_t{1000})}};
  }

  dugout::sdk::Host host_;
  s3::Settings settings_;
  std::string folder_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(PhotoLink, "tool.photo_link")

// Stores a player's photo under a name that nobody can guess, and gives its link. The row in
// `photos` is written first, so a call that is repeated after a crash goes on with the same name.
// [worker]; no state between calls.
#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/tool.hpp"
#include "image_type.hpp"
#include "photo_folder.hpp"

namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using nlohmann::json;

constexpr std::string_view kDeclaration = R"({
  "name": "upload_photo_to_s3",
  "description": "Stores the uploaded photo of a player and returns its link.",
  "arguments": {
    "type": "object", "additionalProperties": false,
    "required": ["record_id", "player_full_name", "team", "age_group", "file"],
    "properties": {
      "record_id": {"type": "string", "minLength": 1, "maxLength": 100},
      "player_full_name": {"type": "string", "minLength": 1, "maxLength": 200},
      "team": {"type": "string", "minLength": 1, "maxLength": 50},
      "age_group": {"type": "string", "minLength": 1, "maxLength": 20},
      "file": {"type": "string", "minLength": 1, "maxLength": 4096,
               "description": "the uploaded file; set by the server"}}},
  "result": {
    "type": "object", "required": ["link", "filename", "content_type", "bytes"],
    "properties": {
      "link": {"type": "string"}, "filename": {"type": "string"},
      "content_type": {"type": "string"}, "bytes": {"type": "integer"}}},
  "timeout_ms": 30000})";

std::string refused(std::string_view code, std::string_view message, bool retryable = false) {
  return json{{"ok", false},
              {"error", {{"code", code}, {"message", message}, {"retryable", retryable}}}}
      .dump();
}

std::string unavailable() {
  return refused("unavailable", "The photo cannot be stored now.", true);
}

std::string stored(const json& row) {
  return json{{"ok", true},
              {"data",
               {{"link", "photo:" + row.at("filename").get<std::string>()},
                {"filename", row.at("filename")},
                {"content_type", row.at("content_type")},
                {"bytes", row.at("bytes")}}}}
      .dump();
}

class UploadPhoto final : public dugout::sdk::Tool {
 public:
  UploadPhoto(std::string_view config, dugout::sdk::Host host)
      : UploadPhoto(json::parse(config), host) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view context) override {
    const auto wanted = json::parse(args);
    const auto key = json::parse(context).value("idempotency_key", "");
    const auto earlier = row_of(key);  // its upload may be gone by now
    if (!earlier && earlier.error().code != Code::kNotFound) return unavailable();
    if (earlier && folder_.has(earlier->at("filename").get<std::string>())) return stored(*earlier);
    if (wanted["player_full_name"].get<std::string>().find_first_of("[]") != std::string::npos) {
      return refused("invalid_name", "The player's name is not filled in.");
    }
    const auto content = photo::read_file(wanted["file"].get<std::string>(), max_bytes_);
    if (!content) return file_error(content.error());
    const auto type = photo::image_type(std::string_view(*content).substr(0, 64));
    if (type.extension.empty()) {
      return refused("invalid_type", "The photo has to be a JPEG, PNG, WebP or HEIC picture.");
    }
    return store(wanted, key, *content, type);
  }

 private:
  UploadPhoto(const json& config, dugout::sdk::Host host)
      : host_(host),
        folder_(config.value("folder", "var/photos")),
        max_bytes_(config.value("max_bytes", std::uint64_t{10} * 1024 * 1024)) {}

  Outcome<json> row_of(const std::string& key) const {
    if (key.empty()) return Error{Code::kNotFound, "no key"};
    const auto rows = host_.find_rows("photos", json{{"idempotency_key", key}}.dump());
    if (!rows) return rows.error();
    auto found = json::parse(*rows);
    if (found.empty()) return Error{Code::kNotFound, "no such photo"};
    return found.front();
  }

  std::string store(const json& wanted, const std::string& key, const std::string& content,
                    const photo::ImageType& type) const {
    json row{{"idempotency_key", key},
             {"record_id", wanted["record_id"]},
             {"player_full_name", wanted["player_full_name"]},
             {"team", wanted["team"]},
             {"age_group", wanted["age_group"]},
             {"filename", photo::random_name() + std::string(type.extension)},
             {"content_type", type.content_type},
             {"bytes", content.size()},
             {"uploaded_at_ms", host_.unix_ms()}};
    const auto inserted = host_.insert_row("photos", key, row.dump());
    if (!inserted && inserted.error().code != Code::kConflict) return unavailable();
    if (!inserted) row = json::parse(inserted.error().detail).at("detail");
    const auto name = row.at("filename").get<std::string>();
    if (!folder_.has(name) && !folder_.put(name, content)) return unavailable();
    return stored(row);
  }

  std::string file_error(const Error& error) const {
    if (error.code == Code::kNotFound) return refused("no_file", "There is no uploaded photo.");
    if (error.message == "empty") return refused("empty_file", "The photo's file is empty.");
    return refused("too_large", "The photo is larger than " + megabytes() + " MiB.");
  }

  std::string megabytes() const {
    const auto whole = max_bytes_ / (1024 * 1024);
    return whole == 0 ? "1" : std::to_string(whole);
  }

  dugout::sdk::Host host_;
  photo::LocalFolder folder_;
  std::uint64_t max_bytes_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(UploadPhoto, "tool.upload_photo_to_s3")

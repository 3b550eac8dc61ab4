// Stores a player's photo under a name that nobody can guess, and gives its link. The row in
// `photos` is written first and holds what the name is made of, so a call that is repeated after a
// crash goes on with the same name: it looks for the object, or overwrites it. [worker]; no state
// between calls but what a store told about itself.
#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"
#include "files/private_file.hpp"
#include "image_type.hpp"
#include "photo_folder.hpp"
#include "photo_store.hpp"
#include "s3/settings.hpp"

namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using dugout::sdk::accepted;
using dugout::sdk::refused;
using nlohmann::json;

constexpr int kError = 3;  // of log/1

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
  "timeout_ms": 60000})";

std::string unavailable() {
  return refused("unavailable", "The photo cannot be stored just now. Please try again later.",
                 true);
}

// The sentence for people; the cause goes to the log.
std::string not_configured() {
  return refused("not_configured",
                 "Photos cannot be taken at the moment: the club has to set something up first.");
}

// 128 bits from the row's secret salt and the call's key: the same at each repeat, and known to
// nobody who has only the key.
std::string name_of(const std::string& salt, const std::string& key, std::string_view extension) {
  return s3::hex(s3::hmac_sha256(salt, key)).substr(0, 32) + std::string(extension);
}

photo::Photo photo_of(const json& row) {
  photo::Photo out{row.at("filename"), row.at("content_type"), row.at("bytes"), {}};
  out.about = {{"record-id", row.at("record_id")},
               {"team", row.at("team")},
               {"age-group", row.at("age_group")}};
  return out;
}

class UploadPhoto final : public dugout::sdk::Tool {
 public:
  UploadPhoto(std::string_view config, dugout::sdk::Host host)
      : UploadPhoto(json::parse(config), s3::read_settings(config, host), host) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view context) override {
    if (!store_) return not_configured();
    const auto wanted = json::parse(args);
    const auto key = json::parse(context).value("idempotency_key", "");
    const auto earlier = row_of(key);  // its upload may be gone by now
    if (!earlier && earlier.error().code != Code::kNotFound) return unavailable();
    if (earlier && is_there(*earlier)) return finish(*earlier);
    if (wanted["player_full_name"].get<std::string>().find_first_of("[]") != std::string::npos) {
      return refused("invalid_name", "The player's name is not filled in.");
    }
    const auto content = files::read_whole(wanted["file"].get<std::string>(), max_bytes_);
    if (!content) return file_error(content.error());
    if (content->empty()) return refused("empty_file", "The photo's file is empty.");
    const auto type = photo::image_type(std::string_view(*content).substr(0, 64));
    if (type.extension.empty()) {
      return refused("invalid_type", "The photo has to be a JPEG, PNG, WebP or HEIC picture.");
    }
    return store(claim(wanted, key, content->size(), type), *content);
  }

 private:
  UploadPhoto(const json& config, const s3::Settings& settings, dugout::sdk::Host host)
      : host_(host), max_bytes_(config.value("max_bytes", std::uint64_t{10} * 1024 * 1024)) {
    if (!settings.remote) {
      const auto usual = config.value("data_folder", "var") + "/photos";
      store_ = photo::folder_store(config.value("folder", usual));
    } else if (settings.missing.empty()) {
      store_ = photo::bucket_store(settings, host);
    }
  }

  Outcome<json> row_of(const std::string& key) const {
    if (key.empty()) return Error{Code::kNotFound, "no key"};
    const auto rows = host_.find_rows("photos", json{{"idempotency_key", key}}.dump());
    if (!rows) return rows.error();
    auto found = json::parse(*rows);
    if (found.empty()) return Error{Code::kNotFound, "no such photo"};
    return found.front();
  }

  bool is_there(const json& row) const {
    return store_->has(photo_of(row), row.value("stored", false));
  }

  struct Claim {
    json row;
    bool fresh;
  };

  // The row of this key: the one just written, or that of an earlier try.
  Outcome<Claim> claim(const json& wanted, const std::string& key, std::size_t bytes,
                       const photo::ImageType& type) const {
    const auto salt = photo::random_name();
    json row{{"idempotency_key", key},
             {"record_id", wanted["record_id"]},
             {"player_full_name", wanted["player_full_name"]},
             {"team", wanted["team"]},
             {"age_group", wanted["age_group"]},
             {"salt", salt},
             {"filename", name_of(salt, key, type.extension)},
             {"content_type", type.content_type},
             {"bytes", bytes},
             {"stored", false},
             {"uploaded_at_ms", host_.unix_ms()}};
    const auto inserted = host_.insert_row("photos", key, row.dump());
    if (inserted) {
      row["id"] = json::parse(*inserted).at("id");
      return Claim{row, true};
    }
    if (inserted.error().code != Code::kConflict) return inserted.error();
    return Claim{json::parse(inserted.error().detail).at("detail"), false};
  }

  std::string store(const Outcome<Claim>& claimed, const std::string& content) const {
    if (!claimed) return unavailable();
    const auto& row = claimed->row;
    if (!claimed->fresh && is_there(row)) return finish(row);
    const auto put = store_->put(photo_of(row), content);
    return put ? finish(row) : store_error(put.error());
  }

  // Only what is certainly there is noted as stored.
  std::string finish(json row) const {
    const auto link = store_->link(row.at("filename"));
    if (!row.value("stored", false)) {
      const json changes{{"stored", true}, {"link", link}};
      const auto noted =
          host_.update_row("photos", row.at("id").get<std::string>(), changes.dump());
      if (!noted) return unavailable();
    }
    return accepted(json{{"link", row.value("link", link)},
                         {"filename", row.at("filename")},
                         {"content_type", row.at("content_type")},
                         {"bytes", row.at("bytes")}}
                        .dump());
  }

  std::string store_error(const Error& error) const {
    host_.log(kError, "a photo was not stored: " + error.message);
    if (error.code == Code::kRefused) return not_configured();
    if (error.code == Code::kInvalid) {
      return refused("not_taken", "This photo could not be stored. Please try another one.");
    }
    return unavailable();
  }

  std::string file_error(const Error& error) const {
    if (error.code == Code::kNotFound) return refused("no_file", "There is no uploaded photo.");
    return refused("too_large", "The photo is larger than " + megabytes() + " MiB.");
  }

  std::string megabytes() const {
    const auto whole = max_bytes_ / (1024 * 1024);
    return whole == 0 ? "1" : std::to_string(whole);
  }

  dugout::sdk::Host host_;
  std::unique_ptr<photo::Store> store_;  // none: its settings are incomplete
  std::uint64_t max_bytes_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(UploadPhoto, "tool.upload_photo_to_s3")

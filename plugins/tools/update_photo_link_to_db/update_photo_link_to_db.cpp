// Puts the photo's link, and the conversation if it is to be kept, into the registration. Writing
// the same again changes nothing. [worker]; no state between calls.
#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/tool.hpp"

namespace {

using dugout::Code;
using nlohmann::json;

constexpr std::string_view kDeclaration = R"({
  "name": "update_photo_link_to_db",
  "description": "Stores the link of the player's photo in the registration.",
  "arguments": {
    "type": "object", "additionalProperties": false, "required": ["record_id", "id_image_link"],
    "properties": {
      "record_id": {"type": "string", "minLength": 1, "maxLength": 100},
      "id_image_link": {"type": "string", "minLength": 1, "maxLength": 500},
      "conversation_history": {
        "type": "array", "maxItems": 1000,
        "items": {"type": "object", "additionalProperties": false, "required": ["role", "content"],
                  "properties": {"role": {"type": "string"}, "content": {"type": "string"}}}}}},
  "result": {
    "type": "object", "required": ["record_id", "updated_fields"],
    "properties": {
      "record_id": {"type": "string"}, "player_name": {"type": "string"},
      "updated_fields": {"type": "array", "items": {"type": "string"}}}},
  "timeout_ms": 5000})";

// Links that a page may later show: nothing that runs, nothing unencrypted.
bool is_link(std::string_view text) {
  const bool known = text.starts_with("photo:") || text.starts_with("https://");
  return known && text.find_first_of(" \t\r\n\"'<>\\") == text.npos && text.find("..") == text.npos;
}

std::string refused(std::string_view code, std::string_view message, bool retryable = false) {
  return json{{"ok", false},
              {"error", {{"code", code}, {"message", message}, {"retryable", retryable}}}}
      .dump();
}

class UpdatePhotoLink final : public dugout::sdk::Tool {
 public:
  UpdatePhotoLink(std::string_view config, dugout::sdk::Host host)
      : host_(host), keep_history_(json::parse(config).value("keep_history", true)) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  dugout::Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto wanted = json::parse(args);
    const auto link = wanted["id_image_link"].get<std::string>();
    if (!is_link(link))
      return refused("invalid_link", "The photo's link is not one of a photo store.");
    json changes{{"id_image_link", link}, {"id_photo_provided", "Y"}};
    if (keep_history_ && wanted.contains("conversation_history")) {
      changes["conversation_history"] = wanted["conversation_history"].dump();
    }
    const auto record = wanted["record_id"].get<std::string>();
    const auto row = host_.update_row("registrations", record, changes.dump());
    if (!row && row.error().code == Code::kNotFound) {
      return refused("not_found", "There is no such registration.");
    }
    if (!row) return refused("unavailable", "The record cannot be written now.", true);
    auto fields = json::array();
    for (const auto& [name, value] : changes.items()) fields.push_back(name);
    return json{{"ok", true},
                {"data",
                 {{"record_id", record},
                  {"player_name", json::parse(*row).value("player_full_name", "")},
                  {"updated_fields", fields}}}}
        .dump();
  }

 private:
  dugout::sdk::Host host_;
  bool keep_history_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(UpdatePhotoLink, "tool.update_photo_link_to_db")

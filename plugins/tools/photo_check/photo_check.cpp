// Says whether an uploaded file is a photo that will do, and prepares it: upright, 4:5, small, and
// without anything but its pixels. The cheap questions come first; pixels are decoded last.
// [worker]; no state between calls but the places of the gate.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"
#include "files/private_file.hpp"
#include "gate.hpp"
#include "picture.hpp"
#include "prepared_path.hpp"

namespace {

using dugout::Code;
using dugout::Outcome;
using dugout::sdk::refused;
using nlohmann::json;
using picture::Picture;

constexpr std::string_view kDeclaration = R"({
"name": "photo_check",
"description": "Checks an uploaded photo and prepares it for the player's ID.",
"arguments": {"type": "object", "additionalProperties": false, "required": ["path"],
  "properties": {"path": {"type": "string", "minLength": 1, "maxLength": 4096,
                          "description": "the uploaded file; set by the server"}}},
"result": {"type": "object",
  "required": ["value", "media_type", "width", "height", "bytes", "note"],
  "properties": {
    "value": {"type": "string", "description": "path of the prepared JPEG"},
    "media_type": {"const": "image/jpeg"},
    "width": {"type": "integer"}, "height": {"type": "integer"}, "bytes": {"type": "integer"},
    "note": {"type": "string"}}},
"timeout_ms": 60000,
"check": {"argument": "path"}})";

constexpr double kMega = 1'000'000;

std::string not_now() {
  return refused("unavailable", "I cannot look at the picture just now.", true);
}

std::string damaged() {
  return refused("photo_damaged",
                 "That picture is incomplete or damaged, so I cannot open it. Please send it once "
                 "more, or take a new one.");
}

struct Upload {
  std::string path, owner;  // the owner is the session
};

struct Limits {
  explicit Limits(const json& config)
      : bytes(config.value("max_bytes", std::uint64_t{10} * 1024 * 1024)),
        megapixels(config.value("max_megapixels", 50)),
        least{config.value("least_width", 200), config.value("least_height", 200)},
        widest(config.value("widest", 1.25)),
        tallest(config.value("tallest", 3.0)) {}

  std::uint64_t bytes;
  int megapixels;
  picture::Size least;
  double widest, tallest;
};

class PhotoCheck final : public dugout::sdk::Tool {
 public:
  explicit PhotoCheck(std::string_view config) : PhotoCheck(json::parse(config)) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view context) override {
    const auto path = json::parse(args).at("path").get<std::string>();
    const auto bytes = files::read_whole(path, limits_.bytes);
    if (!bytes && bytes.error().code == Code::kNotFound) {
      return refused("photo_missing", "I did not get a picture. Please send it again.");
    }
    if (!bytes) return too_many_bytes();
    const auto type = picture::type_of(*bytes);
    if (type == picture::Type::kOther) {
      return refused("photo_type",
                     "That file is not a picture I can use. Please send a JPEG, PNG, WebP or HEIC "
                     "photo, straight from the camera or the photo album.");
    }
    if (picture::moves(type, *bytes)) return moving();
    const auto about = json::parse(context);
    const auto patience = about.value("deadline_ms", 30'000) / 2;
    const picture::Gate::Pass pass(gate_, std::chrono::milliseconds(patience));
    if (!pass.admitted()) return not_now();
    auto answer = look_at(type, *bytes, {path, about.value("session", "")});
    picture::leave_thread();
    return answer;
  }

 private:
  explicit PhotoCheck(const json& config)
      : limits_(config),
        optimise_(config.value("optimise", true)),
        note_(config.value("note", "Somebody at the club will look at it as well.")),
        gate_(config.value("at_once", 2)) {
    steps_.usual = {config.value("target_width", 800), config.value("target_height", 1000)};
    steps_.small = {config.value("min_width", 600), config.value("min_height", 750)};
    encoding_.quality = config.value("quality", 85);
    encoding_.least_quality = config.value("least_quality", 70);
    encoding_.bytes = config.value("max_file_size_kb", std::size_t{500}) * 1024;
  }

  std::string look_at(picture::Type type, const std::string& bytes, const Upload& upload) {
    const auto opened = Picture::open(type, bytes);
    if (!opened) return damaged();
    if (auto refusal = size_refusal(opened->size()); !refusal.empty()) return refusal;
    // HEIC files often hold more pictures than the one that is meant; a film was refused before.
    if (type != picture::Type::kHeic && opened->moves()) return moving();
    if (auto refusal = shape_refusal(opened->size()); !refusal.empty()) return refusal;
    const auto size = opened->size();
    const auto target = optimise_ ? picture::target_size(size, steps_) : size;
    const auto prepared = opened->prepare(picture::crop_box(size, target), target);
    if (!prepared) return damaged();
    return keep(*prepared, upload);
  }

  std::string keep(const Picture& prepared, const Upload& upload) const {
    const auto content = prepared.jpeg(encoding_);
    if (!content) return not_now();
    const auto path = picture::prepared_path(upload.path, upload.owner, *content);
    if (!files::write_whole(path, *content)) return not_now();
    return dugout::sdk::accepted(json{
        {"value", path},
        {"media_type", "image/jpeg"},
        {"width", prepared.size().width},
        {"height", prepared.size().height},
        {"bytes", content->size()},
        {"note", note_}}.dump());
  }

  std::string size_refusal(picture::Size size) const {
    if (static_cast<double>(size.width) * size.height > limits_.megapixels * kMega) {
      return refused("photo_too_large", "That picture has more than " +
                                            std::to_string(limits_.megapixels) +
                                            " megapixels. Please send a smaller copy of it.");
    }
    if (size.width < limits_.least.width || size.height < limits_.least.height) {
      return refused("photo_too_small",
                     "That picture is too small: it needs at least " +
                         std::to_string(limits_.least.width) + " by " +
                         std::to_string(limits_.least.height) +
                         " pixels. Please send the photo itself rather than a small preview.");
    }
    return {};
  }

  std::string shape_refusal(picture::Size size) const {
    if (size.width > limits_.widest * size.height) {
      return refused("photo_not_portrait",
                     "That picture is wider than it is tall. Please send an upright one: hold the "
                     "phone upright, or crop the picture to head and shoulders.");
    }
    if (size.height > limits_.tallest * size.width) {
      return refused("photo_not_portrait",
                     "That picture is a long, narrow strip. Please send an ordinary upright photo, "
                     "or crop it to head and shoulders.");
    }
    return {};
  }

  std::string too_many_bytes() const {
    const auto megabytes = std::max<std::uint64_t>(1, limits_.bytes / (1024 * 1024));
    return refused("photo_too_large",
                   "That picture is larger than " + std::to_string(megabytes) +
                       " MB. Please send a smaller copy: most phones offer a medium size when you "
                       "share a photo.");
  }

  static std::string moving() {
    return refused("photo_animated", "That is a moving picture. Please send a single still photo.");
  }

  picture::Library library_;
  Limits limits_;
  bool optimise_;
  std::string note_;
  picture::Gate gate_;
  picture::Steps steps_;
  picture::Encoding encoding_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(PhotoCheck, "tool.photo_check")

// For the tests of photo_check: pictures made with libvips and, for HEIC, with Debian's encoder,
// and a folder in which the plugin finds them. Needs Catch2.
#pragma once

#include <vips/vips.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/plugin_harness.hpp"

namespace photo_desk {

using dugout::test::PluginUnderTest;
using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kId = "tool.photo_check";

inline std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Of the test's own, and takes its steps one after the other.
class Image {
 public:
  Image(int width, int height, std::array<double, 3> colour = {90, 120, 150}) {
    VipsImage *black = nullptr, *drawn = nullptr;
    REQUIRE(vips_black(&black, width, height, "bands", 3, nullptr) == 0);
    REQUIRE(vips_linear(black, &drawn, std::array{1.0, 1.0, 1.0}.data(), colour.data(), 3, "uchar",
                        TRUE, nullptr) == 0);
    g_object_unref(black);
    image_ = drawn;
    step([](VipsImage* in, VipsImage** out) {
      return vips_copy(in, out, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr);
    });
  }
  explicit Image(const std::string& path)
      : image_(vips_image_new_from_file(path.c_str(), nullptr)) {
    REQUIRE(image_ != nullptr);
  }
  ~Image() { g_object_unref(image_); }
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;

  VipsImage* get() const { return image_; }
  int width() const { return image_->Xsize; }
  int height() const { return image_->Ysize; }
  bool has(const char* name) const { return vips_image_get_typeof(image_, name) != 0; }

  template <typename Step>
  Image& step(Step step) {
    VipsImage* out = nullptr;
    if (step(image_, &out) != 0) FAIL(vips_error_buffer());
    g_object_unref(image_);
    image_ = out;
    return *this;
  }

  Image& paint(std::array<double, 3> colour, int left, int top, int width, int height) {
    step([](VipsImage* in, VipsImage** out) {
      *out = vips_image_copy_memory(in);
      return *out == nullptr ? -1 : 0;
    });
    REQUIRE(vips_draw_rect(image_, colour.data(), 3, left, top, width, height, "fill", TRUE,
                           nullptr) == 0);
    return *this;
  }

  Image& noise() {
    return step([](VipsImage* in, VipsImage** out) {
      VipsImage *grain = nullptr, *rough = nullptr;
      int failed = vips_gaussnoise(&grain, in->Xsize, in->Ysize, "sigma", 60.0, "seed", 7, nullptr);
      failed = failed || vips_add(in, grain, &rough, nullptr);
      failed = failed || vips_cast_uchar(rough, out, nullptr);
      g_object_unref(grain);
      g_object_unref(rough);
      return failed;
    });
  }

  std::vector<double> at(int x, int y) const {
    double* values = nullptr;
    int bands = 0;
    REQUIRE(vips_getpoint(image_, &values, &bands, x, y, nullptr) == 0);
    std::vector<double> out(values, values + bands);
    g_free(values);
    return out;
  }

 private:
  VipsImage* image_;
};

// A folder of one test, and the plugin that looks at its files.
class Desk {
 public:
  explicit Desk(const json& config = json::object()) : plugin_(kId, config) {
    std::string pattern = fs::temp_directory_path() / "photo_check_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~Desk() { fs::remove_all(folder_); }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  std::string file(const std::string& name) const { return folder_ + "/" + name; }
  std::string put(const std::string& name, const std::string& bytes) const {
    std::ofstream(file(name), std::ios::binary) << bytes;
    return file(name);
  }
  std::string save(const Image& image, const std::string& name) const {
    if (vips_image_write_to_file(image.get(), file(name).c_str(), nullptr) != 0) {
      FAIL(vips_error_buffer());
    }
    return file(name);
  }
  std::string save(int width, int height, const std::string& name) const {
    return save(Image(width, height), name);
  }
  // As a phone does it, with Debian's encoder.
  std::string heic(const Image& image, const std::string& name, const std::string& options) const {
    const auto png = save(image, name + ".png");
    const auto command = "heif-enc " + options + " -o " + file(name) + " " + png + " >/dev/null";
    REQUIRE(std::system(command.c_str()) == 0);
    return file(name);
  }

  json check(const std::string& path) { return plugin_.run({{"path", path}}); }
  // "" for a photo that will do.
  std::string refusal(const std::string& path) {
    const int before = prepared();
    const auto answer = check(path);
    if (answer["ok"]) return "";
    CHECK(prepared() == before);
    return answer["error"]["code"];
  }
  int prepared() const {
    int count = 0;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      if (entry.path().filename().string().ends_with(".prepared.jpg")) ++count;
    }
    return count;
  }
  json accept(const std::string& path) {
    const auto answer = check(path);
    INFO(answer.dump());
    REQUIRE(answer["ok"] == true);
    return answer["data"];
  }

 private:
  PluginUnderTest plugin_;
  std::string folder_;
};

}  // namespace photo_desk

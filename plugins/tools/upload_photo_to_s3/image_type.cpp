#include "image_type.hpp"

#include <algorithm>
#include <array>

namespace photo {
namespace {

constexpr std::array<std::string_view, 4> kHeicBrands{"heic", "heix", "heim", "heis"};

// An ISO media file: [size]"ftyp"[brand][version][compatible brands ...]. "mif1" only says that it
// is some HEIF, so one of the compatible brands has to name HEIC; AVIF uses the same box.
bool is_heic(std::string_view head) {
  if (head.size() < 12 || head.substr(4, 4) != "ftyp") return false;
  const auto is_brand = [](std::string_view brand) {
    return std::find(kHeicBrands.begin(), kHeicBrands.end(), brand) != kHeicBrands.end();
  };
  const auto major = head.substr(8, 4);
  if (is_brand(major)) return true;
  if (major != "mif1") return false;
  std::size_t box = 0;
  for (const char c : head.substr(0, 4)) box = box << 8 | static_cast<unsigned char>(c);
  box = std::min(box, head.size());
  for (std::size_t at = 16; at + 4 <= box; at += 4) {
    if (is_brand(head.substr(at, 4))) return true;
  }
  return false;
}

}  // namespace

ImageType image_type(std::string_view head) {
  using namespace std::string_view_literals;
  if (head.starts_with("\xFF\xD8\xFF"sv)) return {".jpg", "image/jpeg"};
  if (head.starts_with("\x89PNG\r\n\x1A\n"sv)) return {".png", "image/png"};
  if (head.starts_with("RIFF"sv) && head.size() >= 12 && head.substr(8, 4) == "WEBP") {
    return {".webp", "image/webp"};
  }
  if (is_heic(head)) return {".heic", "image/heic"};
  return {};
}

}  // namespace photo

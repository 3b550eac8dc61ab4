#include "picture_type.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace picture {
namespace {

using namespace std::string_view_literals;

constexpr std::array kStill{"heic"sv, "heix"sv, "heim"sv, "heis"sv};
constexpr std::array kSequence{"hevc"sv, "hevx"sv, "hevm"sv, "hevs"sv};

template <std::size_t n>
bool among(const std::array<std::string_view, n>& brands, std::string_view brand) {
  return std::find(brands.begin(), brands.end(), brand) != brands.end();
}

bool is_media_file(std::string_view bytes) {
  return bytes.size() >= 16 && bytes.substr(4, 4) == "ftyp";
}

std::string_view major(std::string_view bytes) {
  return bytes.substr(8, 4);
}

// An ISO media file: [size]"ftyp"[brand][version][compatible brands ...]. "mif1" only says that it
// is some HEIF, so one of the compatible brands has to name HEIC; AVIF uses the same box.
bool is_heic(std::string_view bytes) {
  if (!is_media_file(bytes)) return false;
  if (among(kStill, major(bytes)) || among(kSequence, major(bytes))) return true;
  if (major(bytes) != "mif1" && major(bytes) != "msf1") return false;
  std::size_t box = 0;
  for (const char c : bytes.substr(0, 4)) box = box << 8 | static_cast<unsigned char>(c);
  box = std::min(box, bytes.size());
  for (std::size_t at = 16; at + 4 <= box; at += 4) {
    const auto brand = bytes.substr(at, 4);
    if (among(kStill, brand) || among(kSequence, brand)) return true;
  }
  return false;
}

}  // namespace

Type type_of(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF"sv)) return Type::kJpeg;
  if (bytes.starts_with("\x89PNG\r\n\x1A\n"sv)) return Type::kPng;
  if (bytes.starts_with("RIFF"sv) && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP") {
    return Type::kWebp;
  }
  return is_heic(bytes) ? Type::kHeic : Type::kOther;
}

bool moves(Type type, std::string_view bytes) {
  if (type == Type::kHeic) return among(kSequence, major(bytes)) || major(bytes) == "msf1";
  // The control chunk of an animated PNG comes before the pixels.
  return type == Type::kPng && bytes.substr(0, bytes.find("IDAT")).find("acTL") != bytes.npos;
}

}  // namespace picture

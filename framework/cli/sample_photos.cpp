#include "cli/sample_photos.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace dugout::cli {
namespace {

// Head and shoulders in front of a wall.
int grey_at(int x, int y, int width, int height) {
  const double across = (x - width / 2.0) / width, down = static_cast<double>(y) / height;
  const double head = across * across / 0.036 + (down - 0.4) * (down - 0.4) / 0.05;
  const double body = across * across / 0.16 + (down - 1.0) * (down - 1.0) / 0.12;
  return head < 1 ? 190 : body < 1 ? 70 : 225;
}

std::string big_endian(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> 8 * i & 0xff);
  return out;
}

std::string little_endian(std::uint32_t value, int bytes) {
  const auto out = big_endian(value, bytes);
  return {out.rbegin(), out.rend()};
}

// ---- JPEG: one grey per block of 8 by 8, so that no cosine is needed

class JpegBits {
 public:
  void put(std::uint32_t bits, int count) {
    for (int i = count - 1; i >= 0; --i) {
      byte_ = byte_ << 1 | (bits >> i & 1);
      if (++filled_ == 8) flush();
    }
  }
  std::string finish() {
    while (filled_ != 0) put(1, 1);
    return out_;
  }

 private:
  void flush() {
    out_ += static_cast<char>(byte_);
    if (byte_ == 0xff) out_ += '\0';
    byte_ = 0;
    filled_ = 0;
  }
  std::string out_;
  std::uint32_t byte_ = 0;
  int filled_ = 0;
};

std::string segment(unsigned char marker, const std::string& content) {
  return "\xff" + std::string(1, static_cast<char>(marker)) +
         big_endian(static_cast<std::uint32_t>(content.size()) + 2, 2) + content;
}

// Twelve lengths of a difference have codes of four bits each; "no more" has one bit.
std::string huffman_tables() {
  std::string dc(1, '\0'), ac(1, '\x10');
  dc += std::string(3, '\0') + '\x0c' + std::string(12, '\0');
  for (char length = 0; length < 12; ++length) dc += length;
  ac += '\x01' + std::string(15, '\0') + '\0';
  return segment(0xc4, dc) + segment(0xc4, ac);
}

std::string jpeg_blocks(int width, int height) {
  JpegBits bits;
  int before = 0;
  for (int y = 4; y < height; y += 8) {
    for (int x = 4; x < width; x += 8) {
      const int value = grey_at(x, y, width, height) - 128, difference = value - before;
      int length = 0;
      while (std::abs(difference) >> length != 0) ++length;
      bits.put(static_cast<std::uint32_t>(length), 4);
      const int coded = difference < 0 ? difference + (1 << length) - 1 : difference;
      bits.put(static_cast<std::uint32_t>(coded), length);
      bits.put(0, 1);
      before = value;
    }
  }
  return bits.finish();
}

std::string jpeg(int width, int height, const std::string& more = "") {
  const auto size = big_endian(static_cast<std::uint32_t>(height), 2) +
                    big_endian(static_cast<std::uint32_t>(width), 2);
  const std::string one_component("\x01\x01\x11\x00", 4), scan("\x01\x01\x00\x00\x3f\x00", 6);
  return "\xff\xd8" + more + segment(0xdb, std::string(1, '\0') + std::string(64, '\x08')) +
         segment(0xc0, '\x08' + size + one_component) + huffman_tables() + segment(0xda, scan) +
         jpeg_blocks(width, height) + "\xff\xd9";
}

// The smallest EXIF block that names a place.
std::string gps_segment() {
  const auto entry = [](std::uint32_t tag, std::uint32_t type, std::uint32_t count,
                        std::uint32_t value) {
    return little_endian(tag, 2) + little_endian(type, 2) + little_endian(count, 4) +
           little_endian(value, 4);
  };
  constexpr std::uint32_t kPlace = 26, kDegrees = 56;
  std::string tiff = "II" + little_endian(42, 2) + little_endian(8, 4);
  tiff += little_endian(1, 2) + entry(0x8825, 4, 1, kPlace) + little_endian(0, 4);
  tiff +=
      little_endian(2, 2) + entry(1, 2, 2, 'N') + entry(2, 5, 3, kDegrees) + little_endian(0, 4);
  for (const std::uint32_t part : {53U, 27U, 31U}) {
    tiff += little_endian(part, 4) + little_endian(1, 4);
  }
  return segment(0xe1, std::string("Exif\0\0", 6) + tiff);
}

// ---- PNG: stored, not compressed

std::uint32_t crc32(const std::string& bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
  }
  return ~crc;
}

std::string stored(const std::string& raw) {
  constexpr std::size_t kMost = 65'535;
  std::string out("\x78\x01");
  std::uint32_t a = 1, b = 0;  // Adler-32
  for (const char c : raw) {
    a = (a + static_cast<unsigned char>(c)) % 65'521;
    b = (b + a) % 65'521;
  }
  for (std::size_t at = 0; at < raw.size(); at += kMost) {
    const auto piece = raw.substr(at, kMost);
    const auto size = static_cast<std::uint32_t>(piece.size());
    out += at + kMost >= raw.size() ? '\x01' : '\x00';
    out += little_endian(size, 2) + little_endian(~size & 0xffff, 2) + piece;
  }
  return out + big_endian(b << 16 | a, 4);
}

std::string png(int width, int height) {
  const auto chunk = [](const std::string& name, const std::string& content) {
    return big_endian(static_cast<std::uint32_t>(content.size()), 4) + name + content +
           big_endian(crc32(name + content), 4);
  };
  const auto size = big_endian(static_cast<std::uint32_t>(width), 4) +
                    big_endian(static_cast<std::uint32_t>(height), 4);
  std::string raw;
  for (int y = 0; y < height; ++y) {
    raw += '\0';
    for (int x = 0; x < width; ++x) raw += static_cast<char>(grey_at(x, y, width, height));
  }
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", size + std::string("\x08\0\0\0\0", 5)) +
         chunk("IDAT", stored(raw)) + chunk("IEND", "");
}

// ---- WebP: lossless, of one colour, which takes no bit a pixel

std::string webp_chunk(const std::string& name, std::string content) {
  const auto size = little_endian(static_cast<std::uint32_t>(content.size()), 4);
  if (content.size() % 2 != 0) content += '\0';
  return name + size + content;
}

std::string webp_pixels(std::uint32_t width, std::uint32_t height) {
  std::string out("\x2f");
  std::uint32_t byte = 0;
  int filled = 0;
  const auto put = [&](std::uint32_t bits, int count) {
    for (int i = 0; i < count; ++i) {
      byte |= (bits >> i & 1) << filled;
      if (++filled < 8) continue;
      out += static_cast<char>(byte);
      byte = 0;
      filled = 0;
    }
  };
  put(width - 1, 14), put(height - 1, 14), put(0, 1), put(0, 3);
  put(0, 3);  // no transform, no colour cache, one set of codes
  for (const std::uint32_t symbol : {120U, 140U, 100U, 255U}) {
    put(0b101, 3), put(symbol, 8);  // green, red, blue, alpha: one symbol of eight bits
  }
  put(0b001, 3), put(0, 1);  // distances: one symbol of one bit
  put(0, 7);
  return webp_chunk("VP8L", out);
}

std::string webp_file(const std::string& chunks) {
  return "RIFF" + little_endian(static_cast<std::uint32_t>(chunks.size()) + 4, 4) + "WEBP" + chunks;
}

std::string moving_webp(std::uint32_t width, std::uint32_t height) {
  const auto size = little_endian(width - 1, 3) + little_endian(height - 1, 3);
  const auto frame = webp_chunk("ANMF", std::string(6, '\0') + size + little_endian(200, 3) +
                                            std::string(1, '\0') + webp_pixels(width, height));
  return webp_file(webp_chunk("VP8X", little_endian(2, 4) + size) +
                   webp_chunk("ANIM", std::string(6, '\0')) + frame + frame);
}

// ---- HEIC: 240 by 320 of one grey. Its codec is no matter of a few lines, so the file is kept;
// it was made with heif-enc out of a picture made here.
constexpr std::string_view kHeic =
    "0000001c6674797068656963000000006d696631686569636d6961660000013b6d65746100000000000000216864"
    "6c72000000000000000070696374000000000000000000000000000000000e7069746d0000000000010000002269"
    "6c6f630000000044400001000100000000015f000100000000000000310000002369696e66000000000001000000"
    "15696e666502000000000100006876633100000000bb697072700000009d6970636f000000736876634301040800"
    "00000000000000003cf000fcfcf8f800000f03200001001740010c01ffff0408000003009ff800000300003cba02"
    "4021000100274201010408000003009ff800000300003cc0788050596ea4929ae6c0800000030080000003008422"
    "000100074401c172b06240000000146973706500000000000000f0000001400000000e7069786900000000010800"
    "00001669706d610000000000000001000103810283000000396d6461740000002d2801ae082524bab4f28b140988"
    "7826403be0a2837c5d11e0ca809318ace0025e87000003005f40000003000604";

std::string heic() {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t at = 0; at + 1 < kHeic.size(); at += 2) {
    out += static_cast<char>(digit(kHeic[at]) << 4 | digit(kHeic[at + 1]));
  }
  return out;
}

std::string too_big() {
  auto out = jpeg(480, 640);
  out.resize((10U << 20) + 1, '\0');  // nobody reads on behind the end
  return out;
}

std::string cut_off() {
  const auto whole = jpeg(480, 640);
  return whole.substr(0, whole.size() / 2);
}

}  // namespace

const std::vector<std::string>& sample_photo_kinds() {
  static const std::vector<std::string> kinds{"jpeg", "png",       "webp",    "heic",
                                              "gps",  "landscape", "pdf",     "big",
                                              "tiny", "truncated", "animated"};
  return kinds;
}

std::string sample_photo(std::string_view kind) {
  if (kind == "jpeg") return jpeg(480, 640);
  if (kind == "png") return png(480, 640);
  if (kind == "webp") return webp_file(webp_pixels(480, 640));
  if (kind == "heic") return heic();
  if (kind == "gps") return jpeg(480, 640, gps_segment());
  if (kind == "landscape") return jpeg(640, 480);
  if (kind == "pdf") return "%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n";
  if (kind == "big") return too_big();
  if (kind == "tiny") return png(1, 1);
  if (kind == "truncated") return cut_off();
  return kind == "animated" ? moving_webp(480, 640) : std::string();
}

}  // namespace dugout::cli

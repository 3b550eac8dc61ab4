// Conversions between std::string_view and the C texts of abi.h, and the few JSON strings the SDK
// writes itself. Standard library only.
#pragma once

#include <string>
#include <string_view>

#include "dugout/sdk/outcome.hpp"

namespace dugout::sdk {

inline std::string_view view(dugout_text text) {
  return text.data == nullptr ? std::string_view{} : std::string_view{text.data, text.size};
}

inline dugout_text text(std::string_view view) {
  return dugout_text{view.data(), view.size()};
}

// Bytes of the UTF-8 character that `text` starts with; 0 when it is none (RFC 3629: no overlong
// forms, no surrogates, nothing above U+10FFFF).
inline std::size_t character_size(std::string_view text) {
  if (text.empty()) return 0;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first < 0xC2   ? 0
                           : first < 0xE0 ? 2
                           : first < 0xF0 ? 3
                           : first < 0xF5 ? 4
                                          : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t at = 1; at < size; ++at) {
    if ((byte(at) & 0xC0) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool outside = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || outside ? 0 : size;
}

// Escapes for a JSON string, without the quotes. A byte that is not UTF-8 becomes U+FFFD.
inline std::string json_escape(std::string_view raw) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(raw.size() + 8);
  for (std::size_t at = 0; at < raw.size();) {
    const auto plain = [&](std::size_t index) {
      const auto byte = static_cast<unsigned char>(raw[index]);
      return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
    };
    const auto start = at;
    while (at < raw.size() && plain(at)) ++at;
    out += raw.substr(start, at - start);
    if (at == raw.size()) break;

    const auto byte = static_cast<unsigned char>(raw[at]);
    const auto size = character_size(raw.substr(at));
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += raw[at];
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 0xf];
    } else if (size == 0) {
      out += "\xEF\xBF\xBD";
    } else {
      out += raw.substr(at, size);
    }
    at += size == 0 ? 1 : size;
  }
  return out;
}

// The body that accompanies a status other than DUGOUT_OK.
inline std::string error_body(const Error& error) {
  std::string out = "{\"message\":\"" + json_escape(error.message) + "\"";
  if (!error.detail.empty()) out += ",\"detail\":" + error.detail;
  return out + "}";
}

// A sink that keeps what is put, for calling a host service.
struct StringSink : dugout_sink {
  StringSink() : dugout_sink{&StringSink::append} {}
  std::string text;

 private:
  static void append(dugout_sink* self, dugout_text piece) {
    static_cast<StringSink*>(self)->text.append(view(piece));
  }
};

}  // namespace dugout::sdk

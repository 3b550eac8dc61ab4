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

inline dugout_text text(std::string_view view) { return dugout_text{view.data(), view.size()}; }

// Escapes for a JSON string, without the quotes. Bytes above 0x7f pass as they are (UTF-8).
inline std::string json_escape(std::string_view raw) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(raw.size() + 8);
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 0xf];
    } else {
      out += c;
    }
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

// Bytes that are not text: what kind they are, and how they travel inside JSON. [any]
#pragma once

#include <string>
#include <string_view>

namespace dugout::core {

std::string base64(std::string_view bytes);  // RFC 4648 with padding

// By content, never by name: image/jpeg, image/png, image/webp, image/heic, or
// application/octet-stream.
std::string media_type(std::string_view bytes);

}  // namespace dugout::core

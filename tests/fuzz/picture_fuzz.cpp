// What kind of picture a file is, by its bytes: the two that judge agree.
#include "photo_check/picture_type.hpp"

#include "core/bytes.hpp"
#include "target.hpp"

using dugout::fuzz::require;

FUZZ_TARGET(picture) {
  const auto type = picture::type_of(input);
  const bool moves = picture::moves(type, input);
  require(!moves || type == picture::Type::kHeic || type == picture::Type::kPng,
          "only these are told before they are decoded");
  const auto media = dugout::core::media_type(input);
  if (type == picture::Type::kJpeg) require(media == "image/jpeg", "both see a JPEG");
  if (type == picture::Type::kPng) require(media == "image/png", "both see a PNG");
  if (type == picture::Type::kWebp) require(media == "image/webp", "both see a WebP");
}

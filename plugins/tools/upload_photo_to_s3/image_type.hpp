// What kind of picture a file really is, by its first bytes; names and headers prove nothing. [any]
#pragma once

#include <string_view>

namespace photo {

struct ImageType {
  std::string_view extension;     // ".jpg"; empty = none of the accepted kinds
  std::string_view content_type;  // "image/jpeg"
};

// `head`: the first bytes of the file, 64 are enough.
ImageType image_type(std::string_view head);

}  // namespace photo

// Pictures for scripts, walks and tests, made by hand: a grey head and shoulders, and what people
// send by mistake. Nothing of anybody's is in them. [any]
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dugout::cli {

// jpeg, png, webp, heic, gps (a JPEG that says where it was taken); landscape, pdf (named .jpg),
// big (over 10 MiB), tiny, truncated, animated.
const std::vector<std::string>& sample_photo_kinds();

// The bytes of one; empty for a kind that is not known.
std::string sample_photo(std::string_view kind);

}  // namespace dugout::cli

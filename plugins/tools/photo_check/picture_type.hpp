// What kind of picture a file really is, by its content; names and headers prove nothing. [any]
#pragma once

#include <string_view>

namespace picture {

enum class Type { kOther, kJpeg, kPng, kWebp, kHeic };

Type type_of(std::string_view bytes);

// Films that can be told before a decoder sees them: HEIC sequences and animated PNG.
bool moves(Type type, std::string_view bytes);

}  // namespace picture

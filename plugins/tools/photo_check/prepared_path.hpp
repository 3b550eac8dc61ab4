// Where the prepared picture goes. [any]
#pragma once

#include <string>
#include <string_view>

namespace picture {

// Beside the upload, and named after whose it is and what is in it: the same picture sent again is
// the same file to what comes after, so it is stored once. Two owners never share one.
std::string prepared_path(const std::string& upload, std::string_view owner,
                          std::string_view bytes);

}  // namespace picture

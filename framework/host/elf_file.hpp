// Reads what the host must know of a library before it lets the loader at it. Bounds are checked:
// the file may be anything. Private to host. [any]
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dugout/sdk/outcome.hpp"

namespace dugout::host {

// kInvalid unless `bytes` begin a shared library for the machine this process runs on.
Status check_elf(std::string_view bytes);

// The dynamic symbols that the library defines for others to find.
Outcome<std::vector<std::string>> exported_symbols(std::string_view bytes);

}  // namespace dugout::host

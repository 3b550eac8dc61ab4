// The YAML files behind the routines, as they are on the disk now. Reads the disk. [worker]
#pragma once

#include <optional>
#include <string>

#include "routines/model.hpp"

namespace dugout::http {

// nullopt = it is gone, cannot be read, or is longer than any routine.
std::optional<std::string> file_text(const std::string& file);
// Is what the file says another text than the one that runs? `text`: of file_text().
bool changed(const routines::Routine& routine, const std::optional<std::string>& text);

}  // namespace dugout::http

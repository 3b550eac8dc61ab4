// How an event becomes a line of text or of JSON, without writing it anywhere. [any]
#pragma once

#include <string>

#include "observability/log.hpp"

namespace dugout::observability {

// 2025-10-01T12:00:00.000Z info event key=value ...; a value that is not one plain word is quoted.
std::string text_line(core::WallTime time, Level level, std::string_view event, Fields fields);

// {"time":"...","level":"info","event":"...","key":"value"}. A field never replaces the first
// three.
std::string json_line(core::WallTime time, Level level, std::string_view event, Fields fields);

}  // namespace dugout::observability

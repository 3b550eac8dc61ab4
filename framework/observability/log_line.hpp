// How an event becomes a line of text or of JSON, without writing it anywhere. [any]
#pragma once

#include <span>
#include <string>

#include "observability/log.hpp"

namespace dugout::observability {

using FieldSpan = std::span<const Field>;

// 2025-10-01T12:00:00.000Z info event key=value ...; a value that is not one plain word is quoted.
// `known` come first; of two fields with one name the first stands.
std::string text_line(core::WallTime time, Level level, std::string_view event, Fields fields,
                      FieldSpan known = {});

// {"time":"...","level":"info","event":"...","key":"value"}. A field never replaces the first
// three.
std::string json_line(core::WallTime time, Level level, std::string_view event, Fields fields,
                      FieldSpan known = {});

}  // namespace dugout::observability

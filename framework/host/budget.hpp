// How long a face that answers at once may take. In this process such a call cannot be ended: it is
// counted, and not made again for a while when it repeats. In a child it is ended. Private to host.
#pragma once

#include <chrono>

#include "core/sanitized.hpp"

namespace dugout::host {

using core::kPatience;

// Arithmetic on a short text, and a user waits for it: recovery, validator, tuner. By any clock; by
// the machine's own a sanitizer's patience comes on top.
inline constexpr std::chrono::milliseconds kLongestAdvice{2'000};
// A model's answer of any size: parser, provider; a tool's declaration.
inline constexpr std::chrono::milliseconds kLongestCodec{5'000 * kPatience};
// Training is no part of a turn.
inline constexpr std::chrono::milliseconds kLongestTraining{600'000};

}  // namespace dugout::host

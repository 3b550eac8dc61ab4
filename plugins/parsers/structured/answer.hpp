// The strict reading of one JSON text: an object with a message, or what is wrong with it. [any]
#pragma once

#include <string>
#include <string_view>

#include "dugout/sdk/outcome.hpp"

namespace structured {

inline constexpr std::size_t kDepth = 64;
inline constexpr std::string_view kMessage = "agent_final_response";

// The parser's answer as JSON. kMalformed: no strict JSON; kMissingField: an object without the
// message; kWrongShape: JSON of another shape; kEmpty: a blank message.
// `repaired`: the text is not what the model wrote; it is passed on in the answer.
dugout::Outcome<std::string> strict_answer(std::string_view text, bool repaired);

// Without byte order mark and white space at the ends.
std::string_view stripped(std::string_view text);

// Nothing to see: white space and invisible characters only.
bool blank(std::string_view text);

}  // namespace structured

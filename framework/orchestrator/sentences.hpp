// What the server says in words of its own, where no YAML has any.
#pragma once

#include <string>

namespace dugout::orchestrator {

inline constexpr auto kNotJustNow =
    "I'm sorry, I could not do that just now. Nothing is lost: please send your answer again in a "
    "moment.";
inline constexpr auto kNotKnownYet =
    "I am not sure yet whether that went through. Please send the same answer again in a moment; "
    "nothing is done twice.";

// Two paragraphs, or the one that is not empty.
inline std::string joined(const std::string& first, const std::string& second) {
  if (first.empty() || second.empty()) return first + second;
  return first + "\n\n" + second;
}

}  // namespace dugout::orchestrator

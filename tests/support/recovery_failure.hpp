// A failed attempt as a recovery strategy is told of it.
#pragma once

#include <nlohmann/json.hpp>

namespace dugout::test {

inline nlohmann::json failure(const char* cls, const char* code, const char* message, int status,
                              int repeats = 1) {
  return {{"class", cls},       {"code", code}, {"message", message}, {"status", status},
          {"repeats", repeats}, {"attempt", 1}, {"target", "p/m"}};
}

}  // namespace dugout::test

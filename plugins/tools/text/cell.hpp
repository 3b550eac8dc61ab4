// A row's cell as a text: what people typed into a table may have become a number. Header-only.
// [any]
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace text {

// Empty when there is none.
inline std::string cell(const nlohmann::json& row, const char* name) {
  if (!row.is_object()) return {};
  const auto found = row.find(name);
  if (found == row.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

}  // namespace text

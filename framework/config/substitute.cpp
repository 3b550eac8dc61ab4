// "${NAME}" in settings. One pass: what a variable holds is never substituted again.
#include <algorithm>

#include "config/settings.hpp"

namespace dugout::config {
namespace {

bool is_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

std::optional<std::string> substitute(std::string_view text, const Environment& environment,
                                      std::string_view data, std::string& why) {
  std::string out;
  for (auto open = text.find("${"); open != text.npos; open = text.find("${")) {
    const auto close = text.find('}', open);
    if (close == text.npos) {
      why = "holds a \"${\" that is not closed";
      return std::nullopt;
    }
    const auto inner = text.substr(open + 2, close - open - 2);
    const auto dash = inner.find(":-");
    const std::string name(inner.substr(0, dash));
    if (!is_name(name)) {
      why = "holds a \"${...}\" that names no variable";
      return std::nullopt;
    }
    auto value = name == "data" ? std::optional(std::string(data))
                 : environment  ? environment(name)
                                : std::nullopt;
    if ((!value || value->empty()) && dash != inner.npos) value = inner.substr(dash + 2);
    if (!value) {
      why = "needs the environment variable " + name + ", which is not set";
      return std::nullopt;
    }
    out += std::string(text.substr(0, open)) + *value;
    text.remove_prefix(close + 1);
  }
  return out + std::string(text);
}

}  // namespace dugout::config

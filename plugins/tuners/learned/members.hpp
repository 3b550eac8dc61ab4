// Members of JSON that others wrote: what is missing, of another type or no number counts as the
// fallback, the rest is held within its bounds. [any]
#pragma once

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

namespace tuner_learned {

inline double number(const nlohmann::json& object, const char* key, double fallback, double least,
                     double most) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return fallback;
  const auto value = found->get<double>();
  return std::isfinite(value) ? std::clamp(value, least, most) : fallback;
}

inline std::string word(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace tuner_learned

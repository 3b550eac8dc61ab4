#include "routines/model.hpp"

#include <nlohmann/json.hpp>

namespace dugout::routines {

const Routine* Flow::find(int number) const {
  const auto it = routines.find(number);
  return it == routines.end() ? nullptr : &it->second;
}

const Field* Flow::field(const std::string& wanted) const {
  for (const auto& [number, routine] : routines) {
    for (const auto& field : routine.collects) {
      if (field.name == wanted) return &field;
    }
  }
  return nullptr;
}

}  // namespace dugout::routines

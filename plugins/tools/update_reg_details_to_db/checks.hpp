// Checks the arguments of a registration as a whole: each field by its row in fields.hpp, then what
// holds between fields. All problems are found, not only the first. [any]
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "text.hpp"

namespace registration {

struct Checked {
  nlohmann::json record = nlohmann::json::object();    // normal forms; empty optionals left out
  nlohmann::json problems = nlohmann::json::object();  // field -> reason
};

Checked check(const nlohmann::json& args, const Date& today, const std::string& season);

}  // namespace registration

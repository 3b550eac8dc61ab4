// How two values compare: as numbers when both are numbers, else as text, case-sensitively. Shared
// by the evaluation of conditions and by the proof that one can never hold.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "routines/condition.hpp"

namespace dugout::routines {

// "12", "-3", "4.5"; nullopt for anything else, "inf" and "0x1" included.
std::optional<double> plain_number(std::string_view text);

// REQUIRES: op is neither kSet nor kUnset.
bool satisfies(const std::string& left, Condition::Op op, const std::string& right);

bool is_ordering(Condition::Op op);  // < <= > >=

}  // namespace dugout::routines

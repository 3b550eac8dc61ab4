// Numbers as JSON Schema sees them: by value, never by how they are stored. Private to config.
// [any]
#pragma once

#include "config/schema_node.hpp"

namespace dugout::config {

bool is_whole(const core::Json& value);            // 3, 3.0, 1e300
long double exact_value(const core::Json& value);  // REQUIRES: a number
Decimal decimal_of(const core::Json& value);       // REQUIRES: a number
// Exact in decimal: 0.0075 is a multiple of 0.0001, though the doubles are not.
bool is_multiple(const Decimal& value, const Decimal& step);
// A text that is equal for values that are equal by JSON Schema, and for no others.
std::string equality_key(const core::Json& value);

}  // namespace dugout::config

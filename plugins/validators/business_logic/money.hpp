// Amounts of money in a text, in pence. [any]
#pragma once

#include <vector>

#include "judged/judged.hpp"

namespace money {

inline constexpr long long kNoAmount = -1;  // not an amount in whole pence, or too large

// How amounts are written; all in small letters.
struct Signs {
  judged::Words before;  // "£"
  judged::Words after;   // "pounds"
};

// Every amount the text names. `text` as judged::plain() makes it.
std::vector<long long> amounts_in(std::string_view text, const Signs& signs);

// "45", "45.00", 27.5; kNoAmount when it is none.
long long amount_of(const judged::json& value);

// 4500 -> "45.00"
std::string written(long long pence);

}  // namespace money

// Proves, where it can, that a condition never holds: a choice compared with a value it cannot
// have, ranges that exclude each other, a number asked of something that is never one. Pure.
#pragma once

#include <map>
#include <set>
#include <string>

#include "routines/condition.hpp"
#include "routines/model.hpp"

namespace dugout::routines {

// What is known of the values a record field can take.
struct Domain {
  bool closed = false;           // only `values` are possible
  std::set<std::string> values;  // of a closed one
  bool text_only = false;        // never a number: "u9", a date
  bool numeric = false;          // always a number
  std::optional<double> low, high;
};

using Domains = std::map<std::string, Domain>;

Domains domains_of(const Flow& flow);

// Why it can never hold; empty = it may. `hint` gets a way out.
std::string why_never(const Condition& condition, const Domains& domains, std::string& hint);

}  // namespace dugout::routines

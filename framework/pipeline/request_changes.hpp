// What recovery may change in a request between two attempts. [any]
#pragma once

#include <optional>
#include <string>

#include "pipeline/call.hpp"

namespace dugout::pipeline {

// Short instructions, and the schema restated as text for models that do not keep to it otherwise.
void simplify(Request& request);

// The output limit that `advice` leads to; nullopt = no higher than the one there is.
std::optional<int> raised_limit(const Request& request, const Advice& advice);

// One system item at the end that tells what was wrong with the last answer. It holds the last
// failure only and never the broken text: both would grow the prompt with every attempt.
class Note {
 public:
  void put(Request& request, const Failure& failure);
  void remove(Request& request);

 private:
  bool there_ = false;
};

}  // namespace dugout::pipeline

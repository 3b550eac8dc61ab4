// From a provider's answer to something the turn can use: the parser chain, then the judge. [any]
#pragma once

#include "pipeline/call.hpp"

namespace dugout::pipeline {

// What an answer came to; exactly one of the three is set.
struct Reading {
  std::optional<Parsed> parsed;
  std::vector<ToolCall> tool_calls;
  std::optional<Failure> failure;
};

Reading read_answer(Answer answer, const CallPlan& plan, std::string_view schema);

}  // namespace dugout::pipeline

// From a provider's answer to something the turn can use: the parser chain, the validators,
// then the judge. [any]
#pragma once

#include "pipeline/call.hpp"
#include "pipeline/weighing.hpp"

namespace dugout::pipeline {

// What an answer came to; exactly one of the three is set.
struct Reading {
  std::optional<Parsed> parsed;
  std::vector<ToolCall> tool_calls;
  std::optional<Failure> failure;
  Weighed weighed;  // what the validators thought, when they were heard
};

// `trusted`: a local model, which is checked by its tests and not by validators. How long the
// parsers and the validators took goes to the plan's trace.
Reading read_answer(Answer answer, const CallPlan& plan, std::string_view schema,
                    bool trusted = false);

}  // namespace dugout::pipeline

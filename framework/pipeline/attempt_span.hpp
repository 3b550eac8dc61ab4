// The span of one question to a target, by OpenTelemetry's GenAI conventions. One thread.
#pragma once

#include <string>

#include "observability/turn_trace.hpp"
#include "pipeline/call.hpp"
#include "pipeline/hedge.hpp"

namespace dugout::pipeline {

class AttemptSpan {
 public:
  // `trace` may be null. `number`: of the attempt in its call.
  AttemptSpan(observability::TurnTrace* trace, const Model& model, int number);

  // `traceparent` for the request; empty without a trace.
  std::string parent() const;
  // It has ended with this.
  void end(const Attempted<Answer>& outcome);
  // A second target was asked while this one was.
  void beside(const Model& second, core::MonoTime begun, const Asked& asked);

 private:
  observability::TurnTrace* const trace_;
  observability::SpanScope span_;
};

}  // namespace dugout::pipeline

#include "pipeline/attempt_span.hpp"

namespace dugout::pipeline {
namespace {

using observability::Stage;

// "provider/model"; a target of our own, the understudy, has no model.
std::string_view model_of(std::string_view target) {
  const auto slash = target.find('/');
  return slash == std::string_view::npos ? target : target.substr(slash + 1);
}

std::string span_name(const Model& model) {
  return "chat " + std::string(model_of(model.name()));
}

std::string_view error_of(const Attempted<Answer>& outcome) {
  const auto* failure = std::get_if<Failure>(&outcome);
  if (failure == nullptr) return {};
  if (failure->code == kCancelled) return kCancelled;
  return failure->asked ? name_of(failure->cls) : std::string_view(kNotAsked);
}

}  // namespace

AttemptSpan::AttemptSpan(observability::TurnTrace* trace, const Model& model, int number)
    : trace_(trace), span_(trace, Stage::kAttempt, span_name(model), model.name(), !model.local()) {
  const auto target = model.name();
  span_.put("gen_ai.operation.name", std::string("chat"));
  span_.put("gen_ai.provider.name", std::string(target.substr(0, target.find('/'))));
  span_.put("gen_ai.request.model", std::string(model_of(target)));
  span_.put("dugout.attempt.number", std::int64_t{number});
  span_.put("dugout.target.local", model.local());
}

std::string AttemptSpan::parent() const {
  return trace_ == nullptr ? "" : trace_->parent();
}

void AttemptSpan::end(const Attempted<Answer>& outcome) {
  if (const auto* answer = std::get_if<Answer>(&outcome)) {
    span_.put("gen_ai.usage.input_tokens", std::int64_t{answer->usage.input_tokens});
    span_.put("gen_ai.usage.output_tokens", std::int64_t{answer->usage.output_tokens});
  } else {
    const auto status = std::get<Failure>(outcome).status;
    if (status != 0) span_.put("http.response.status_code", std::int64_t{status});
    span_.fail(error_of(outcome));
  }
  span_.end();
}

void AttemptSpan::beside(const Model& second, core::MonoTime begun, const Asked& asked) {
  if (trace_ == nullptr) return;
  trace_->add(Stage::kAttempt, span_name(second), begun, asked.took, error_of(asked.outcome));
}

}  // namespace dugout::pipeline

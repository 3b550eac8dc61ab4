#include "observability/turn_trace.hpp"

#include <algorithm>

#include "observability/otlp.hpp"

namespace dugout::observability {

TurnTrace::TurnTrace(Telemetry* telemetry, const core::Clock& clock, TurnReport begun,
                     Listener listener)
    : telemetry_(telemetry),
      clock_(clock),
      begun_(clock.now()),
      listener_(std::move(listener)),
      report_(std::move(begun)) {
  Span turn;
  turn.name = "turn";
  turn.id = new_span_id();
  turn.parent = report_.trace.span_id;
  if (report_.trace.trace_id.empty()) {
    report_.trace.trace_id = new_trace_id();
    // Others are told that we record only if we do.
    report_.trace.sampled = telemetry_ != nullptr && telemetry_->options().spans &&
                            in_sample(report_.trace.trace_id, telemetry_->options().sample);
  }
  report_.trace.span_id = turn.id;
  report_.outcome = "failed";  // until somebody says that it was not
  report_.spans.push_back(std::move(turn));
  open_.emplace_back(0, false);
  if (telemetry_ != nullptr) {
    running_ =
        telemetry_->begin({report_.session, report_.turn, report_.agent, begun_, Stage::kTurn, ""});
  }
}

TurnTrace::~TurnTrace() {
  while (open_.size() > 1) close(open_.back().first, "failed");
  report_.took = elapsed();
  report_.own = std::max(core::Duration::zero(), report_.took - others_);
  auto& turn = report_.spans.front();
  turn.took = report_.took;
  if (report_.outcome != "ok") turn.error = report_.outcome;
  if (telemetry_ == nullptr) return;
  telemetry_->end(running_);
  telemetry_->ended(report_);
}

std::size_t TurnTrace::open(Stage stage, std::string name, std::string_view detail, bool others) {
  Span span;
  span.stage = stage;
  span.name = std::move(name);
  span.id = new_span_id();
  span.parent = report_.spans[open_.back().first].id;
  span.begun = elapsed();
  report_.spans.push_back(std::move(span));
  open_.emplace_back(report_.spans.size() - 1, others);
  if (telemetry_ != nullptr) telemetry_->at(running_, stage, detail);
  if (listener_) listener_(stage, detail);
  return report_.spans.size() - 1;
}

void TurnTrace::close(std::size_t place, std::string_view error) {
  // What was opened within it has ended with it.
  while (open_.size() > 1) {
    const auto [last, others] = open_.back();
    open_.pop_back();
    auto& span = report_.spans[last];
    span.took = elapsed() - span.begun;
    if (others) others_ += span.took;
    if (last != place) continue;
    span.error = error;
    return;
  }
}

void TurnTrace::put(std::size_t place, std::string_view key, AttributeValue value) {
  if (!wants_spans()) return;
  report_.spans[place].attributes.emplace_back(key, std::move(value));
}

void TurnTrace::add(Stage stage, std::string name, core::MonoTime begun, core::Duration took,
                    std::string_view error) {
  Span span;
  span.stage = stage;
  span.name = std::move(name);
  span.id = new_span_id();
  span.parent = report_.spans[open_.back().first].id;
  span.begun = begun - begun_;
  span.took = took;
  span.error = error;
  report_.spans.push_back(std::move(span));
}

std::string TurnTrace::parent() const {
  return traceparent(
      {report_.trace.trace_id, report_.spans[open_.back().first].id, report_.trace.sampled});
}

SpanScope::SpanScope(TurnTrace* trace, Stage stage, std::string_view name, std::string_view detail,
                     bool others)
    : trace_(trace) {
  if (trace_ != nullptr) place_ = trace_->open(stage, std::string(name), detail, others);
}

void SpanScope::put(std::string_view key, AttributeValue value) {
  if (trace_ != nullptr) trace_->put(place_, key, std::move(value));
}

void SpanScope::end() {
  if (trace_ != nullptr) trace_->close(place_, error_);
  trace_ = nullptr;
}

}  // namespace dugout::observability

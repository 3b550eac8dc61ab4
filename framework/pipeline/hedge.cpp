#include "pipeline/hedge.hpp"

#include "pipeline/timer.hpp"

namespace dugout::pipeline {
namespace {

bool answered(const Attempted<Answer>& outcome) {
  return std::holds_alternative<Answer>(outcome);
}

Failure unexpected() {
  Failure failure;
  failure.message = "the target broke off in an unexpected way";
  return failure;
}

Asked ask(Model& model, const Request& request, core::Duration within,
          const core::CancelToken& cancel, core::Clock& clock) {
  const auto started = clock.now();
  auto outcome = model.ask(request, within, cancel);
  return {std::move(outcome), clock.now() - started};
}

}  // namespace

bool Raced::second_won() const {
  return second && answered(second->outcome) && !answered(first.outcome);
}

Raced race(Model& first, Model& second, const Request& request, core::Duration within,
           const HedgePlan& hedge, const core::CancelToken& cancel, core::Clock& clock) {
  // Each side has a flag of its own, so that one can be called back without the other.
  const core::CancelToken first_cancel, second_cancel;
  const core::CancelToken::Hook both(cancel, [&] {
    first_cancel.cancel();
    second_cancel.cancel();
  });
  Raced raced;
  std::optional<Asked> late;  // written by the timer's thread, read when it has ended
  const auto deadline = clock.now() + within;
  const auto pending = hedge.timer->after(hedge.after, [&] {
    // It may begin later than it was to; the time of the attempt is not longer for that.
    const auto left = deadline - clock.now();
    if (left <= core::Duration::zero()) return;
    try {
      late = ask(second, request, left, second_cancel, clock);
    } catch (...) {
      late = Asked{unexpected(), {}};  // on this thread nobody else would catch it
    }
    if (answered(late->outcome)) first_cancel.cancel();
  });
  raced.first = ask(first, request, within, first_cancel, clock);
  if (answered(raced.first.outcome)) second_cancel.cancel();
  if (pending->call_off()) raced.second = std::move(late);
  return raced;
}

}  // namespace dugout::pipeline

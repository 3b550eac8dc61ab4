#include "orchestrator/turn_watch.hpp"

#include "core/random.hpp"
#include "orchestrator/understudy.hpp"

namespace dugout::orchestrator {

using observability::Stage;

observability::TurnReport report_of(const ChatRequest& request, const store::AcceptedTurn& accepted,
                                    const core::Clock& clock) {
  observability::TurnReport report;
  if (request.trace) report.trace = *request.trace;
  // Whoever has the id of a session may go on with it, so it is not told whole.
  report.session = core::stable_hash(accepted.session);
  report.turn = accepted.id;
  report.begun = clock.wall_now();
  return report;
}

observability::TurnTrace::Listener progress_of(const ProgressListener& listener) {
  if (!listener) return {};
  return [&listener](Stage stage, std::string_view detail) {
    switch (stage) {
      case Stage::kAttempt:
        if (detail != kUnderstudy) listener({"thinking", ""});
        return;
      case Stage::kWait:
        listener({"waiting", ""});
        return;
      case Stage::kTool:
        listener({"tool", std::string(detail)});
        return;
      case Stage::kParse:
        listener({"checking", ""});
        return;
      case Stage::kTurn:
      case Stage::kCall:
      case Stage::kValidate:
      case Stage::kCommit:
        return;
    }
  };
}

void describe(observability::TurnTrace& trace, const ChatRequest& request, const ChatReply& reply) {
  if (!trace.wants_spans()) return;
  const auto& report = trace.report();
  trace.put(0, "gen_ai.operation.name", std::string("invoke_agent"));
  trace.put(0, "gen_ai.agent.name", report.agent);
  trace.put(0, "gen_ai.conversation.id", report.session);
  trace.put(0, "dugout.turn.id", report.turn);
  trace.put(0, "dugout.flow", report.flow);
  trace.put(0, "dugout.routine", std::int64_t{report.routine});
  trace.put(0, "dugout.routine.next", std::int64_t{report.next_routine});
  trace.put(0, "dugout.target", report.target);
  if (!trace.wants_texts()) return;
  trace.put(0, "gen_ai.input.messages", request.user_message);
  trace.put(0, "gen_ai.output.messages", reply.response);
}

}  // namespace dugout::orchestrator

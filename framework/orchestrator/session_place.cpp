#include "orchestrator/session_place.hpp"

#include <algorithm>

#include "orchestrator/draft.hpp"
#include "orchestrator/question.hpp"

namespace dugout::orchestrator {

bool collects_file(const routines::Routine& routine) {
  return std::any_of(routine.collects.begin(), routine.collects.end(),
                     [](const auto& field) { return field.type == routines::FieldType::kFile; });
}

SessionPlace place_of(const store::Session& session, const routines::Application& application,
                      core::WallTime today) {
  SessionPlace place;
  if (!session.agent.empty()) place.agent = session.agent;
  const auto agent = application.agents.find(place.agent);
  if (agent == application.agents.end() || session.routine == 0) return place;
  const auto flow = application.flows.find(agent->second.flow);
  if (flow == application.flows.end()) return place;
  place.routine_number = session.routine;
  const auto* routine = flow->second.find(session.routine);
  if (routine == nullptr) return place;
  if (collects_file(*routine)) place.expects = "file";
  place.ended = routine->kind == routines::RoutineKind::kEnd;
  Draft draft(application.settings, today);
  draft.load(session.record);
  place.question = question_of(flow->second, *routine, draft);
  place.steps = steps_of(flow->second, session.routine, draft);
  return place;
}

}  // namespace dugout::orchestrator

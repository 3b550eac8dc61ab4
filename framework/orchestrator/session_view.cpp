#include "orchestrator/session_view.hpp"

#include "orchestrator/session_place.hpp"
#include "orchestrator/turn_state.hpp"

namespace dugout::orchestrator {
namespace {

constexpr std::size_t kMostMessages = 400;  // a registration has about 80

std::vector<SessionView::Said> said_of(const std::vector<store::Message>& messages,
                                       std::int64_t after) {
  std::vector<SessionView::Said> said;
  for (const auto& message : messages) {
    const bool by_user = message.role == "user";
    if (message.sequence <= after || (!by_user && message.role != "assistant")) continue;
    said.push_back({by_user, message.content});
  }
  return said;
}

}  // namespace

Outcome<SessionView> view_of(const std::string& session_id, const Parts& parts, const Pins& pins) {
  const auto session = parts.store.session(session_id);
  if (!session) return session.error();
  if (!session->has_value()) return Error{Code::kNotFound, "there is no such session"};
  const auto messages = parts.store.messages(session_id, kMostMessages);
  if (!messages) return messages.error();
  const auto memory = read_memory((*session)->state);
  const auto today = parts.clock.wall_now();
  const auto pinned = pins.of(**session, memory.asked, parts.application, *parts.plugins, today);
  auto stands = **session;
  stands.routine = pinned.routine;
  const auto place = place_of(stands, *pinned.application, today);
  SessionView view;
  view.session_id = session_id;
  view.last_agent = place.agent;
  view.routine_number = place.routine_number;
  view.expects = place.expects;
  view.question = place.question;
  view.steps = place.steps;
  view.registered = place.ended;
  view.said = said_of(*messages, memory.history_after);
  return view;
}

}  // namespace dugout::orchestrator

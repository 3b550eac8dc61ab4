// What of a model's words reaches the person: see words_check.hpp.
#include <algorithm>

#include "orchestrator/turn.hpp"
#include "orchestrator/turn_state.hpp"
#include "orchestrator/words_check.hpp"

namespace dugout::orchestrator {

std::vector<std::string> Turn::heard() const {
  std::vector<std::string> out;
  for (const auto& message : history_) {
    if (message.role == "user") out.push_back(message.content);
  }
  return out;
}

WordsPlace Turn::words_place(const routines::Agent& agent, const Place* place,
                             const Verdict* verdict) const {
  WordsPlace out{agent.name, place == nullptr ? "" : place->decider.flow().name, memory_.mark, {}};
  out.own = [this, verdict] {
    std::vector<std::string> texts{request_.upload ? "" : request_.user_message};
    for (const auto& message : history_) texts.push_back(message.content);
    const auto add = [&texts](const Draft& record) {
      for (const auto& [name, entry] : record.entries()) texts.push_back(entry.value);
    };
    add(draft());
    if (verdict != nullptr) {
      add(verdict->draft);
      texts.push_back(verdict->say);
    }
    return texts;
  };
  return out;
}

std::string Turn::fit_words(const Place* place, const routines::Agent& agent,
                            const Verdict* verdict, const std::string& words) {
  auto found = targets_.words().look(words, words_place(agent, place, verdict));
  for (const auto* kind : found.kinds) {
    trace_.report().words_found.emplace_back(kind);
    log_.warning("turn.words_guarded", {observability::Field::safe("kind", kind),
                                        observability::Field::safe("agent", agent.name),
                                        {"replaced", found.fit ? 0 : 1}});
  }
  if (found.fit) return std::move(found.text);
  if (verdict != nullptr && !verdict->say.empty()) return verdict->say;
  if (place != nullptr) return ask_of(place->routine, draft());
  return unavailable_words(agent);
}

}  // namespace dugout::orchestrator

#include "orchestrator/turn.hpp"

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "orchestrator/prompt.hpp"
#include "orchestrator/proposals.hpp"
#include "orchestrator/session_place.hpp"
#include "orchestrator/turn_state.hpp"
#include "orchestrator/understudy.hpp"

namespace dugout::orchestrator {
namespace {

using core::Json;

constexpr auto kPhotoAgent = "photo";
constexpr auto kSorry =
    "I'm sorry, I cannot answer just now. Nothing is lost; please try again in a few minutes.";

constexpr auto kChanged =
    "This step has changed while we were talking. Nothing you have told me is lost.\n\n";

// Every target is known to be of no use just now; when the first may be asked again is told.
Error all_away(const pipeline::Failure& failure) {
  const auto wait = core::seconds(failure.retry_after.value_or(std::chrono::seconds(5)));
  return Error{Code::kUnavailable, "no model can answer just now",
               core::canonical(Json{{"retry_after_s", std::ceil(wait)}})};
}

}  // namespace

Turn::Turn(const LiveGeneration& live, const Pins& pins, store::AcceptedTurn accepted,
           ChatRequest request, observability::TurnTrace& trace, observability::Log& log)
    : parts_(live.parts),
      options_(live.options),
      targets_(live.targets),
      guards_(*live.guards),
      pins_(pins),
      cache_scope_(std::to_string(live.number)),
      accepted_(std::move(accepted)),
      request_(std::move(request)),
      trace_(trace),
      log_(log) {}

Turn::~Turn() {
  std::error_code ignored;  // a temporary file that is gone is what we want
  if (!picture_.empty()) std::filesystem::remove(picture_, ignored);
}

Status Turn::load() {
  auto stored = parts_.store.session(accepted_.session);
  if (!stored) return stored.error();
  if (stored->has_value()) session_ = std::move(**stored);
  session_.id = accepted_.session;
  memory_ = read_memory(session_.state);
  pin();
  const auto& agent = agent_for_turn();
  trace_.report().agent = agent.name;
  trace_.report().flow = flow_name();
  trace_.report().routine = session_.routine;
  deadline_ = parts_.clock.now() + std::chrono::duration_cast<core::Duration>(
                                       std::chrono::duration<double>(agent.turn_deadline));
  auto messages = parts_.store.messages(session_.id, agent.history_messages);
  if (!messages) return messages.error();
  history_ = std::move(*messages);
  std::erase_if(history_, [&](const store::Message& message) {
    return message.sequence <= memory_.history_after;
  });
  tools_ = std::make_unique<ToolRunner>(*parts_.plugins, parts_.store, log_, parts_.clock,
                                        ToolPlace{session_.id, accepted_.id, deadline_}, &trace_);
  return Done{};
}

void Turn::pin() {
  auto pinned = pins_.of(session_, memory_.asked, parts_.application, *parts_.plugins,
                         parts_.clock.wall_now());
  parts_.application = std::move(pinned.application);
  old_routine_ = pinned.old_routine;
  asked_anew_ = pinned.asked_anew;
  session_.routine = pinned.routine;
}

const routines::Routine* Turn::open_routine() const {
  const auto flow = parts_.application->flows.find(flow_name());
  return flow == parts_.application->flows.end() ? nullptr : flow->second.find(session_.routine);
}

std::string Turn::open_hash() const {
  const auto* routine = open_routine();
  return routine == nullptr ? "" : routine->hash;
}

Draft Turn::draft() const {
  Draft record(parts_.application->settings, parts_.clock.wall_now());
  record.load(session_.record);
  return record;
}

const routines::Agent& Turn::agent_for_turn() const {
  static const routines::Agent nobody;
  const auto& agents = parts_.application->agents;
  auto name = session_.agent.empty() ? std::string(kUniversal) : session_.agent;
  const auto photo = agents.find(kPhotoAgent);
  if (request_.upload && photo != agents.end()) {
    const auto own = agents.find(name);
    if (own != agents.end() && !own->second.flow.empty()) name = kPhotoAgent;
  }
  const auto found = agents.find(name);
  return found == agents.end() ? nobody : found->second;
}

// Of the session's own agent: the photo agent speaks in the flow that the photo is sent to.
std::string Turn::flow_name() const {
  const auto& agents = parts_.application->agents;
  const auto own = agents.find(session_.agent);
  return own == agents.end() ? std::string() : own->second.flow;
}

Outcome<store::TurnCommit> Turn::run() {
  if (const auto loaded = load(); !loaded) return loaded.error();
  note("user", request_.upload ? kPhotoNote : request_.user_message, false);

  const auto* routine = open_routine();
  const bool in_flow = routine != nullptr;
  const bool at_the_end = in_flow && routine->kind == routines::RoutineKind::kEnd;
  if (in_flow && asked_anew_) {
    say(kChanged + ask_of(*routine, draft()));
    return commit();
  }

  if (!in_flow || at_the_end) {
    const auto answered = answer_at_the_door();
    if (!answered) return answered.error();
    if (*answered) return commit();
  }
  if (in_flow && answer_in_the_flow(*routine)) return commit();
  ask_models();
  if (put_off_) return *put_off_;
  return commit();
}

Outcome<bool> Turn::answer_at_the_door() {
  if (request_.upload && session_.routine == 0) {
    say("Thank you, but I am not ready for a photo yet: it comes at the end of a registration.");
    return true;
  }
  if (request_.upload) return false;
  // Somebody who is with another agent already, such as re-registration, keeps their place.
  if (!session_.agent.empty() && session_.agent != kUniversal && session_.routine == 0)
    return false;
  const auto entry = read_entry(request_.user_message, *parts_.application, parts_.store);
  if (!entry) return entry.error();
  if (entry->kind == Entry::Kind::kNone) return false;
  if (entry->kind == Entry::Kind::kReply) {
    say(entry->reply);
    return true;
  }
  hand_off(*entry);
  return !reply_.response.empty();
}

void Turn::hand_off(const Entry& entry) {
  session_.agent = entry.agent;
  const auto& agent = agent_for_turn();
  const auto record =
      first_record(entry, *parts_.application, parts_.clock.wall_now(), accepted_.id);
  session_.record = record.dump();
  memory_.refusals = 0;
  memory_.history_after = 0;
  // What was said before belongs to nobody, or to an earlier child's registration.
  if (!history_.empty()) memory_.history_after = history_.back().sequence;
  history_.clear();
  note("system", hand_off_note(entry), true);
  history_.push_back(added_.back());
  const auto flow = parts_.application->flows.find(agent.flow);
  if (flow == parts_.application->flows.end()) {
    session_.routine = 0;  // the agent answers the message itself
    return;
  }
  session_.routine = flow->second.start;
  reply_.path = {{0, session_.routine}};
  const auto* first = flow->second.find(session_.routine);
  auto text = routines::render(agent.welcome, record);
  if (!text.empty()) text += "\n\n";
  say(text + ask_of(*first, record));
}

bool Turn::answer_in_the_flow(const routines::Routine& routine) {
  const auto question = ask_of(routine, draft());
  if (request_.upload) {
    if (collects_file(routine)) return false;
    say("Thank you for the photo. I will ask for it at the right moment; please send it again "
        "then.\n\n" +
        question);
    return true;
  }
  const auto reply = code_meanwhile(request_.user_message, *parts_.application, question);
  if (reply) say(*reply);
  return reply.has_value();
}

void Turn::take(Place* place, const routines::Agent& agent, const pipeline::CallResult& result) {
  const Verdict* verdict = place == nullptr ? nullptr : place->accepted;
  // What tools have done stands, also when nobody found the words for it.
  if (!result.parsed && place != nullptr) verdict = place->decider.settled();
  if (verdict != nullptr) {
    session_.record = verdict->draft.dump();
    session_.routine = verdict->to;
    memory_.refusals = verdict->refusals;
    reply_.path = verdict->path;
  }
  if (!result.parsed) {
    const auto cls = result.failure ? pipeline::name_of(result.failure->cls) : "none";
    log_.warning("turn.unavailable", {observability::Field::safe("class", cls)});
    unavailable_ = verdict == nullptr;
    if (unavailable_ && result.failure && !result.failure->asked) {
      put_off_ = all_away(*result.failure);
      return;
    }
    say(verdict != nullptr ? verdict->say : unavailable_words(agent));
    return;
  }
  reply_.target = result.target();
  // A model that was not told the news cannot have told it to the user.
  const bool untold = verdict != nullptr && verdict->news && place->told.count(verdict) == 0;
  const bool own = result.target() == kUnderstudy;
  if (untold || own) {
    say(untold ? verdict->say : result.parsed->message);
  } else {
    say(fit_words(place, agent, verdict, result.parsed->message));
  }
}

std::string Turn::unavailable_words(const routines::Agent& agent) const {
  return routines::render(agent.unavailable.empty() ? kSorry : agent.unavailable, draft());
}

void Turn::say(std::string text) {
  reply_.response = std::move(text);
  note("assistant", reply_.response, false);
}

void Turn::note(const std::string& role, std::string content, bool pinned) {
  store::Message message;
  message.turn = accepted_.id;
  message.role = role;
  message.content = std::move(content);
  message.pinned = pinned;
  added_.push_back(std::move(message));
}

void Turn::fill_reply() {
  auto place = place_of(session_, *parts_.application, parts_.clock.wall_now());
  reply_.session_id = session_.id;
  reply_.turn_id = accepted_.id;
  reply_.last_agent = std::move(place.agent);
  reply_.routine_number = place.routine_number;
  reply_.expects = std::move(place.expects);
  reply_.question = std::move(place.question);
  reply_.steps = place.steps;
}

store::TurnCommit Turn::commit() {
  fill_reply();
  store::TurnCommit commit;
  commit.session = session_;
  memory_.asked = open_hash();
  commit.session.state = memory_text(memory_);
  if (commit.session.record.empty()) commit.session.record = "{}";
  commit.turn = accepted_.id;
  commit.reply = reply_text(reply_);
  commit.messages = added_;
  commit.attempts = attempts_;
  commit.flow = flow_name();
  commit.path = reply_.path;
  return commit;
}

}  // namespace dugout::orchestrator

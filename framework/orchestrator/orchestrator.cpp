// Takes a message from its acceptance through its session's lane to the commit.
#include <atomic>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "orchestrator/chat.hpp"
#include "orchestrator/lanes.hpp"
#include "orchestrator/live_generation.hpp"
#include "orchestrator/open_effects.hpp"
#include "orchestrator/pins.hpp"
#include "orchestrator/session_view.hpp"
#include "orchestrator/turn.hpp"
#include "orchestrator/turn_state.hpp"
#include "orchestrator/turn_watch.hpp"
#include "store/trouble.hpp"

namespace dugout::orchestrator {
namespace {

using core::Json;
using LogField = observability::Field;

Error refuse(const std::string& pointer, const std::string& message) {
  return Error{Code::kInvalid, message, core::canonical(Json{{"pointer", pointer}})};
}

constexpr std::size_t kMostWaiting = 8;  // messages of one session behind the one in work

Error busy() {
  return Error{Code::kConflict,
               "this session is still busy with an earlier message; send it again with the same "
               "client_message_id in a moment"};
}

// Ids of clients may look as they like, within reason: they end up in logs and files.
bool id_like(std::string_view id) {
  if (id.size() < 8 || id.size() > 128) return false;
  for (const char c : id) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && c != '-' && c != '_' && c != '.') return false;
  }
  return true;
}

// Takes an upload off the disk when its turn has ended, however it ended.
class UploadEnd {
 public:
  explicit UploadEnd(const std::optional<Upload>& upload) : upload_(upload) {}
  ~UploadEnd() {
    std::error_code ignored;  // a temporary file that is gone is what we want
    if (upload_ && (done_ || !upload_->wanted_again))
      std::filesystem::remove(upload_->path, ignored);
  }
  UploadEnd(const UploadEnd&) = delete;
  UploadEnd& operator=(const UploadEnd&) = delete;
  void done() { done_ = true; }

 private:
  const std::optional<Upload>& upload_;
  bool done_ = false;
};

Status check(const ChatRequest& request, const OrchestratorOptions& options) {
  const auto& message = request.user_message;
  if (!request.session_id.empty() && !id_like(request.session_id)) {
    return refuse(
        "/session_id",
        "must be 8 to 128 letters, digits, '-', '_' or '.'; leave it out to start a new session");
  }
  if (request.client_message_id.size() > 128) {
    return refuse("/client_message_id", "must have at most 128 characters");
  }
  if (core::characters(message) > options.message_characters) {
    return refuse("/user_message", "is too long; at most " +
                                       std::to_string(options.message_characters) +
                                       " characters can be taken at once");
  }
  if (!core::is_utf8(message)) return refuse("/user_message", "must be UTF-8 text");
  if (core::plain(message).empty() && !request.upload) {
    return refuse("/user_message", "must not be empty");
  }
  return Done{};
}

class DefaultOrchestrator final : public Orchestrator {
 public:
  DefaultOrchestrator(Parts parts, OrchestratorOptions options)
      : parts_(std::move(parts)),
        live_(std::make_shared<const LiveGeneration>(1, parts_, std::move(options), nullptr)) {
    parts_.plugins.reset();  // held by the generation alone
    parts_.application.reset();
  }

  Outcome<ChatReply> chat(const ChatRequest& asked) override {
    const auto live = current();
    if (const auto good = check(asked, live->options); !good) return good.error();
    auto request = asked;
    if (request.session_id.empty()) request.session_id = core::new_id("ses_");
    Lanes::Place place(lanes_, request.session_id);
    if (place.ahead() > kMostWaiting) return busy();
    const auto accepted =
        parts_.store.accept(request.session_id, request.client_message_id, request_text(request));
    if (!accepted) return accepted.error();
    if (!accepted->reply.empty()) {
      UploadEnd(request.upload).done();
      return read_reply(accepted->reply);
    }
    const bool ours = place.wait(live->options.lane_wait);
    // What was left by a process that is no more comes first; else it would fit no longer.
    const bool early = place.overtakes() || (accepted->behind && takes_over_);
    if (!ours || early) {
      // A repeat may be in work ahead of us.
      if (ours || accepted->fresh)
        let_go(*accepted);
      else
        later(*accepted);
      return busy();
    }
    return in_lane(request, *accepted);
  }

  Outcome<std::vector<OpenTurn>> take_over(bool put_off_too) override {
    takes_over_ = true;
    let_go_now();
    std::vector<OpenTurn> open;
    const auto join = [&](const store::AcceptedTurn& turn) {
      for (const auto& one : open) {
        if (one.turn.id == turn.id) return;  // told of twice
      }
      open.push_back({turn, std::make_shared<Lanes::Place>(lanes_, turn.session, true)});
    };
    const auto taken = parts_.store.take_unanswered(put_off_too, join);
    if (!taken) return taken.error();
    return open;
  }

  Outcome<Resumed> resume(OpenTurn& open) override {
    auto place = std::static_pointer_cast<Lanes::Place>(std::exchange(open.place, nullptr));
    if (!place) place = std::make_shared<Lanes::Place>(lanes_, open.turn.session);
    if (!place->wait(current()->options.lane_wait)) return busy();
    const auto taken = parts_.store.take_unanswered_turn(open.turn.id);
    if (!taken) return taken.error();
    if (!*taken) {
      let_go(open.turn);
      return Resumed::kPassed;
    }
    auto resumed = resume_in_lane(**taken);
    if (!resumed || *resumed != Resumed::kAnswered) let_go(**taken);
    return resumed;
  }

  Outcome<OpenEffects> settle_open_effects() override {
    return settle_ended_turns(current()->parts);
  }

  int publish(Loaded next) override {
    const std::lock_guard one_at_a_time(publishing_);
    const auto before = current();
    auto parts = parts_;
    parts.plugins = std::move(next.plugins);
    parts.application = std::move(next.application);
    const auto made = std::make_shared<const LiveGeneration>(before->number + 1, std::move(parts),
                                                             std::move(next.options), before.get());
    pins_.remember(*before->parts.application, *made->parts.application);
    const std::lock_guard lock(mutex_);
    live_ = made;
    return made->number;
  }
  int generation() const override { return current()->number; }
  std::shared_ptr<const routines::Application> application() const override {
    return current()->parts.application;
  }
  std::shared_ptr<const host::Generation> plugins() const override {
    return current()->parts.plugins;
  }
  GuardStates guards() const override { return current()->guards->states(); }
  Status probe() override { return parts_.store.probe(); }

  Outcome<SessionView> view(const std::string& session_id) override {
    return view_of(session_id, current()->parts, pins_);
  }

  Outcome<std::string> record(const std::string& session_id) override {
    const auto session = parts_.store.session(session_id);
    if (!session) return session.error();
    const auto application = this->application();
    Draft draft(application->settings, parts_.clock.wall_now());
    if (session->has_value()) draft.load((*session)->record);
    return core::canonical(draft.values());
  }

 private:
  std::shared_ptr<const LiveGeneration> current() const {
    const std::lock_guard lock(mutex_);
    return live_;
  }

  // REQUIRES, these three: the session's lane is ours.
  Outcome<ChatReply> in_lane(const ChatRequest& request, const store::AcceptedTurn& accepted) {
    UploadEnd own(request.upload);  // of a repeat, it may be another file than the first one's
    auto reply = first_or_repeat(request, accepted);
    if (reply) {
      own.done();
    } else {
      let_go(accepted);
    }
    return reply;
  }

  // Nobody works on it now: its repeat may come to any process. When the store cannot be told now,
  // it is told later.
  void let_go(const store::AcceptedTurn& turn) {
    if (!parts_.store.release(turn.id)) later(turn);
  }

  void later(const store::AcceptedTurn& turn) {
    const std::lock_guard lock(mutex_);
    held_[turn.id] = turn.session;
  }

  void let_go_now() {
    std::map<std::string, std::string> held;
    {
      const std::lock_guard lock(mutex_);
      held.swap(held_);
    }
    bool store_serves = true;
    for (const auto& [turn, session] : held) {
      // With its lane, as a repeat may be in work.
      Lanes::Place place(lanes_, session);
      // A locked store takes seconds to say no: one no is enough, as a stop waits for this.
      if (place.ahead() == 0 && store_serves) {
        store_serves = static_cast<bool>(parts_.store.release(turn));
        if (store_serves) continue;
      }
      const std::lock_guard lock(mutex_);
      held_.emplace(turn, session);
    }
  }

  Outcome<Resumed> resume_in_lane(const store::AcceptedTurn& accepted) {
    auto request = read_request(accepted.request);
    if (!request) return request.error();
    request->session_id = accepted.session;
    request->client_message_id = accepted.client_message_id;
    std::error_code error;
    if (request->upload && !std::filesystem::exists(request->upload->path, error)) {
      return Resumed::kFileGone;
    }
    if (request->upload) request->upload->wanted_again = true;
    const auto live = current();
    const auto begun = settle_begun(live->parts, accepted);
    if (!begun) return begun.error();
    const auto reply = run(*request, accepted);
    if (!reply) return reply.error();
    if (*begun) close_left_over(live->parts, accepted);
    return Resumed::kAnswered;
  }

  Outcome<ChatReply> first_or_repeat(const ChatRequest& request, store::AcceptedTurn accepted) {
    if (!accepted.fresh) {
      // A repeat: the first one may have been answered while this one waited.
      const auto again =
          parts_.store.accept(request.session_id, request.client_message_id, accepted.request);
      if (!again) return again.error();
      if (!again->reply.empty()) return read_reply(again->reply);
      accepted = *again;
    }
    auto work = request;
    if (!accepted.fresh) {
      const auto first = read_request(accepted.request);
      if (!first) return first.error();
      work.user_message = first->user_message;
      // What was accepted first counts; only its file may have to come from the repeat, when the
      // first one went with the process that took it.
      std::error_code error;
      if (!first->upload || std::filesystem::exists(first->upload->path, error)) {
        work.upload = first->upload;
        if (work.upload && request.upload) work.upload->wanted_again = request.upload->wanted_again;
      }
    }
    return run(work, accepted);
  }

  Outcome<ChatReply> run(const ChatRequest& request, const store::AcceptedTurn& accepted) {
    UploadEnd end(request.upload);
    observability::TurnTrace trace(parts_.telemetry, parts_.clock,
                                   report_of(request, accepted, parts_.clock),
                                   progress_of(request.progress));
    auto log = log_of(trace.report());
    const auto live = current();
    Turn turn(*live, pins_, accepted, request, trace, log);
    const auto commit = turn.run();
    if (!commit) {
      // Nothing of it is stored, but what was asked of models was asked.
      if (parts_.attempts != nullptr) parts_.attempts->write(turn.attempts());
      trace.report().outcome = turn.unavailable() ? "unavailable" : "store";
      return commit.error();
    }
    if (const auto done = keep(*commit, trace, log); !done) return done.error();
    end.done();
    if (parts_.attempts != nullptr && !commit->attempts.empty()) {
      parts_.attempts->write(commit->attempts);
    }
    trace.report().outcome = turn.unavailable() ? "unavailable" : "ok";
    complete(trace, request, turn.reply(), log);
    auto reply = turn.reply();
    reply.generation = live->number;
    reply.traceparent = observability::traceparent(trace.report().trace);
    return reply;
  }

  // Whoever has the id of a session may go on with it, so lines have its short form.
  observability::Log log_of(const observability::TurnReport& report) const {
    return parts_.log.with({LogField::id("session", report.session),
                            LogField::id("turn", report.turn),
                            LogField::id("trace", report.trace.trace_id)});
  }

  Status keep(const store::TurnCommit& commit, observability::TurnTrace& trace,
              observability::Log& log) {
    observability::SpanScope span(&trace, observability::Stage::kCommit, "commit", "");
    auto done = parts_.store.commit(commit);
    if (done) return done;
    span.fail("store");
    trace.report().outcome = "store";
    log.error("turn.not_committed", {});
    return done;
  }

  void complete(observability::TurnTrace& trace, const ChatRequest& request, const ChatReply& reply,
                observability::Log& log) {
    auto& report = trace.report();
    report.target = reply.target;
    report.next_routine = reply.routine_number.value_or(0);
    report.path = reply.path;
    describe(trace, request, reply);
    log.info("turn.done", {{"routine", report.next_routine},
                           LogField::safe("agent", reply.last_agent),
                           LogField::safe("target", reply.target),
                           {"ms", core::seconds(trace.elapsed()) * 1000.0}});
  }

  Parts parts_;               // without what is the generation's
  mutable std::mutex mutex_;  // guards the two below
  std::shared_ptr<const LiveGeneration> live_;
  std::map<std::string, std::string>
      held_;                             // turn -> session: to be let go of when that is possible
  std::atomic<bool> takes_over_{false};  // turns of others are looked for
  std::mutex publishing_;                // whoever publishes
  Pins pins_;
  Lanes lanes_;
};

}  // namespace

Outcome<std::vector<OpenTurn>> Orchestrator::take_over(bool /*put_off_too*/) {
  return std::vector<OpenTurn>{};
}

Outcome<Resumed> Orchestrator::resume(OpenTurn& /*open*/) {
  return Resumed::kPassed;
}

Outcome<OpenEffects> Orchestrator::settle_open_effects() {
  return OpenEffects{};
}

std::unique_ptr<Orchestrator> make_orchestrator(Parts parts, OrchestratorOptions options) {
  return std::make_unique<DefaultOrchestrator>(std::move(parts), std::move(options));
}

}  // namespace dugout::orchestrator

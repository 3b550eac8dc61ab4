// One turn, from the accepted message to what is to be committed. Made for one turn, used by one
// thread. What it decides is in decision.hpp, how a call is taken through is in the pipeline.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "observability/turn_trace.hpp"
#include "orchestrator/attempt_line.hpp"
#include "orchestrator/chat.hpp"
#include "orchestrator/decision.hpp"
#include "orchestrator/front_door.hpp"
#include "orchestrator/live_generation.hpp"
#include "orchestrator/pins.hpp"
#include "orchestrator/tool_runner.hpp"

namespace dugout::orchestrator {

// What a session keeps between turns, besides its position and record.
struct Memory {
  int refusals = 0;                // refused answers in a row
  std::int64_t history_after = 0;  // messages up to this one belong to an earlier registration
  std::string asked;               // hash of the routine whose question is open; empty = none
  std::string mark;                // key of the marks in this session's requests (marking.hpp)
};

class Turn {
 public:
  // REQUIRES: all outlive it.
  Turn(const LiveGeneration& live, const Pins& pins, store::AcceptedTurn accepted,
       ChatRequest request, observability::TurnTrace& trace, observability::Log& log);
  ~Turn();  // the prepared picture goes with it
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  // [worker] What to commit; the reply is in `reply()`. An Error means that the store failed and
  // nothing is to be committed.
  Outcome<store::TurnCommit> run();
  const ChatReply& reply() const { return reply_; }
  // Nobody found an answer: the reply is an apology, or there is none.
  bool unavailable() const { return unavailable_; }
  const std::vector<std::string>& attempts() const { return attempts_; }  // lines of the log

 private:
  struct Place;  // the routine, its decider and what they need; made when the agent has a flow

  Status load();
  void pin();
  std::string open_hash() const;
  Outcome<bool> answer_at_the_door();
  void hand_off(const Entry& entry);
  bool answer_in_the_flow(const routines::Routine& routine);
  void ask_models();
  pipeline::CallResult call(const routines::Agent& agent, Place* place, pipeline::CallPlan& plan,
                            pipeline::Request request);
  void record(const CallFacts& facts, const std::vector<pipeline::AttemptRecord>& attempts);
  CallFacts choose_retry(const routines::Agent& agent, pipeline::RetryOptions& retry) const;
  pipeline::CallPlan plan_for(const routines::Agent& agent, Place* place,
                              std::vector<std::unique_ptr<pipeline::Model>>& own);
  std::string context_for(const routines::Agent& agent, Place* place) const;
  std::optional<pipeline::Failure> judge(Place& place, const pipeline::Parsed& parsed);
  void run_tools(Place* place, const std::vector<pipeline::ToolCall>& calls,
                 pipeline::Request& request);
  std::string run_tool(Place* place, const pipeline::ToolCall& call);
  std::string run_free_tool(const pipeline::ToolCall& call, const core::Json& arguments);
  std::string run_routine_tool(Place& place, const pipeline::ToolCall& call,
                               const core::Json& arguments);
  void take(Place* place, const routines::Agent& agent, const pipeline::CallResult& result);
  WordsPlace words_place(const routines::Agent& agent, const Place* place,
                         const Verdict* verdict) const;
  // A model's words, or the server's own where they hold what this person must not read.
  std::string fit_words(const Place* place, const routines::Agent& agent, const Verdict* verdict,
                        const std::string& words);
  std::vector<std::string> heard() const;  // what the person has said in earlier turns
  std::string unavailable_words(const routines::Agent& agent) const;
  const routines::Agent& agent_for_turn() const;
  std::string flow_name() const;
  const routines::Routine* open_routine() const;  // nullptr outside a flow
  Draft draft() const;
  bool check_upload(const routines::Routine& routine);
  std::string image() const;

  void say(std::string text);
  void note(const std::string& role, std::string content, bool pinned);
  store::TurnCommit commit();
  void fill_reply();

  Parts parts_;  // the generation's; the application may be one with an old routine in it
  const OrchestratorOptions& options_;
  const Targets& targets_;
  Guards& guards_;
  const Pins& pins_;
  const std::string cache_scope_;
  const store::AcceptedTurn accepted_;
  const ChatRequest request_;
  observability::TurnTrace& trace_;
  observability::Log& log_;  // its lines have the ids of the turn

  store::Session session_;
  std::unique_ptr<ToolRunner> tools_;
  std::string picture_;  // what the check of the upload has made of it; empty = the upload itself
  Memory memory_;
  std::vector<store::Message> history_;
  std::vector<store::Message> added_;
  std::vector<std::string> attempts_;
  std::map<std::string, int> tool_requests_;  // how often a model asked for the very same thing
  int calls_ = 0, tool_runs_ = 0;
  bool unavailable_ = false;
  bool old_routine_ = false;  // the open routine is not the one of this generation
  bool asked_anew_ = false;   // the open question was never put
  core::MonoTime deadline_{};
  std::optional<Error> put_off_;  // nobody can answer just now: nothing is committed
  ChatReply reply_;
};

}  // namespace dugout::orchestrator

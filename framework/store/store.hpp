// What Dugout remembers: sessions, turns, records, the tool journal, jobs, the directory.
// One interface; SQLite behind it (sqlite_store.hpp). All functions are [worker] and safe from any
// thread; each is one transaction. An Error of code kUnavailable means the store cannot serve now,
// and that nothing was changed.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dugout/sdk/outcome.hpp"
#include "store/attempt.hpp"
#include "store/job.hpp"
#include "store/overview.hpp"

namespace dugout::store {

struct Session {
  std::string id;
  std::string agent;         // empty = no agent yet (the universal one answers)
  int routine = 0;           // 0 = outside a flow
  std::string record;        // JSON object: field -> {"value", "routine", "turn"}
  std::string state;         // JSON object of the orchestrator's own (refusal counts, pins)
  std::int64_t version = 0;  // 0 = not stored yet; counts commits
  std::int64_t created_ms = 0, updated_ms = 0;
};

struct Message {
  std::int64_t sequence = 0;  // set by the store
  std::string turn;
  std::string role;     // user | assistant | system | tool_call | tool_result
  std::string content;  // text, or JSON for the tool roles
  bool pinned = false;  // never truncated
};

// One accepted user message. Durable before anything else happens to it.
struct AcceptedTurn {
  std::string id;
  std::string session;
  std::string client_message_id;
  std::string request;  // JSON of the request as accepted
  std::string reply;    // JSON of the first answer; empty = not answered yet
  bool fresh = false;   // this call accepted it; false = a repeat
  // An earlier turn of the session was left by a process that is no more, and is to be taken over.
  bool behind = false;
  int tries = 0;  // processes in a row that began it so far; < 0: an operator has dropped it
};

// How a session began.
struct FirstTurn {
  std::string turn;     // its id
  std::string message;  // its client_message_id
  bool alone = true;    // no other was accepted since
};

enum class CallState { kIntended, kDone };

struct JournalEntry {
  std::string key;  // stable_hash of session, routine, tool, canonical arguments, number of the try
  std::string session, turn, tool, arguments;
  std::string result;  // JSON; empty while intended
  CallState state = CallState::kIntended;
  bool fresh = false;            // this call wrote the intent; false = it was there
  std::string idempotency = {};  // what the tool is told; the same for each try of an effect
};

// Everything one turn changes; committed as a whole or not at all.
struct TurnCommit {
  Session session;  // version = the version that was read
  std::string turn;
  std::string reply;
  std::vector<Message> messages;
  std::vector<std::string> attempts;  // JSON, one each, for the attempt log
  // The edges the turn took through this flow, in order; it is entered from 0. Only counted.
  std::string flow;
  std::vector<std::pair<int, int>> path;
};

class Store {
 public:
  virtual ~Store() = default;

  // ---- sessions and turns
  virtual Outcome<std::optional<Session>> session(std::string_view id) = 0;
  virtual Outcome<std::vector<Message>> messages(std::string_view session, std::size_t last) = 0;
  // Idempotent by (session, client_message_id): a repeat gives the first turn back, with its reply
  // when there is one. An empty client_message_id is always a new turn.
  // The turn is this store's until its commit or release(), for other stores on the same file
  // (processes): kConflict while another one that lives works on the session. Renewed by itself.
  virtual Outcome<AcceptedTurn> accept(std::string_view session, std::string_view client_message_id,
                                       std::string_view request) = 0;
  // Of what was accepted, answered or not; nullopt = nothing was.
  virtual Outcome<std::optional<FirstTurn>> first_turn(std::string_view session) = 0;
  // kConflict when the session's version moved on meanwhile, or another store took over the turn.
  virtual Status commit(const TurnCommit& commit) = 0;
  // Turns that were accepted and never answered, oldest first.
  virtual Outcome<std::vector<AcceptedTurn>> unanswered() = 0;
  // Of these, those of stores that are no more become this one's; `put_off_too`: and those that
  // were let go of. Left out: a turn after which its session was answered, as it fits no longer;
  // a session that another store works on; a turn that is a day old, that was tried three times in
  // a row by a process that ended then, or that was dropped. `taking` is told of each before any
  // message can be accepted behind it, perhaps more than once; it must not ask the store.
  virtual Outcome<std::vector<AcceptedTurn>> take_unanswered(
      bool put_off_too, const std::function<void(const AcceptedTurn&)>& taking) = 0;
  Outcome<std::vector<AcceptedTurn>> take_unanswered(bool put_off_too) {
    return take_unanswered(put_off_too, {});
  }
  // The same for one turn, which is tried now; nullopt = nothing to do any more.
  virtual Outcome<std::optional<AcceptedTurn>> take_unanswered_turn(std::string_view turn) = 0;
  // Nobody works on it just now; a repeat may come to any store. What was tried has ended without
  // its process.
  virtual Status release(std::string_view turn) = 0;

  // The lines of the attempts that `filter` lets through, the oldest first. `visit` is called while
  // the store is read; it must not write to it.
  virtual Status attempts(const AttemptFilter& filter,
                          const std::function<void(std::string_view)>& visit) = 0;

  // ---- overviews, for operators; they wait for each other, and keep no turn waiting
  // The one that changed last first.
  virtual Outcome<SessionPage> sessions(const SessionQuery& query) = 0;
  // By the short form of its id, or by the id; nullopt = there is none.
  virtual Outcome<std::optional<SessionStory>> story(std::string_view session,
                                                     std::size_t last_turns) = 0;
  // The edges taken since `since_ms`, by whole days; how many sessions reached each routine, ever.
  virtual Outcome<FlowTraffic> traffic(std::string_view flow, std::int64_t since_ms) = 0;
  // Where sessions stand; those that changed last before `stopped_before_ms` have stopped.
  virtual Outcome<std::vector<StandCount>> standing(std::int64_t stopped_before_ms) = 0;

  // ---- tool journal
  // kConflict when another store took over the turn.
  virtual Outcome<JournalEntry> intend(const JournalEntry& entry) = 0;
  virtual Status settle(std::string_view key, std::string_view result) = 0;
  // Intents without a result: of this turn, or, without one, of all turns that are answered.
  virtual Outcome<std::vector<JournalEntry>> open_intents(std::string_view turn) = 0;

  // ---- records: rows of named tables, each a JSON object with an "id"
  virtual Outcome<std::string> find_rows(std::string_view table, std::string_view where) = 0;
  // kConflict with the holder's row in detail when `unique` is taken. Returns {"id"}.
  virtual Outcome<std::string> insert_row(std::string_view table, std::string_view unique,
                                          std::string_view row) = 0;
  virtual Outcome<std::string> update_row(std::string_view table, std::string_view id,
                                          std::string_view changes) = 0;
  // Replaces whole tables, such as the directory read from YAML: all of them or none.
  using Tables = std::map<std::string, std::vector<std::string>>;
  virtual Status replace_tables(const Tables& tables) = 0;
  Status replace_table(const std::string& table, const std::vector<std::string>& rows) {
    return replace_tables({{table, rows}});
  }

  // ---- jobs and the events that make them
  // Stores the events that were not seen before under (source, id), each with its job, all or none.
  // Returns how many were new.
  virtual Outcome<int> take_events(std::string_view source,
                                   const std::vector<NewEvent>& events) = 0;
  // The job's id. With a `unique` that is known already, the id of the job that has it.
  virtual Outcome<std::string> enqueue(const NewJob& job) = 0;
  // As enqueue and lease_job in one: a job that its maker runs at once. kConflict while the lane
  // is busy, or when `unique` is known.
  virtual Outcome<Job> begin_job(const NewJob& job, std::string_view owner,
                                 std::chrono::milliseconds lease) = 0;
  // The job that has been due for longest becomes `owner`'s for the time of `lease`: one that
  // waits, or one whose lease has run out, as after a crash; none whose lane is busy.
  virtual Outcome<std::optional<Job>> lease_job(std::string_view owner,
                                                std::chrono::milliseconds lease) = 0;
  // These three are kConflict when the job is not, or no more, the owner's.
  virtual Status renew_job(std::string_view id, std::string_view owner,
                           std::chrono::milliseconds lease) = 0;
  virtual Status finish_job(std::string_view id, std::string_view owner,
                            std::string_view result) = 0;
  // Waits for another try at `retry_at_ms` (unix time); is given up without it.
  virtual Status fail_job(std::string_view id, std::string_view owner, std::string_view error,
                          std::optional<std::int64_t> retry_at_ms) = 0;
  virtual Outcome<std::optional<Job>> job(std::string_view id) = 0;
  // The latest first.
  virtual Outcome<std::vector<Job>> jobs(const JobFilter& filter) = 0;
  virtual Outcome<JobCounts> job_counts() = 0;
  // A job that was given up waits again, its tries so far forgiven. kNotFound; kConflict when it
  // is not given up.
  virtual Status retry_job(std::string_view id) = 0;

  // Can it read and write now? For /ready.
  virtual Status probe() = 0;
};

}  // namespace dugout::store

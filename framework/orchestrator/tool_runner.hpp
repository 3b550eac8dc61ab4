// Runs tools for one turn. What has an effect goes through the journal: intent, run, result; a
// repeat gives the stored result; an intent without a result (a crash) is settled by the tool's
// reconcile, or reported, never run blindly again. No tool outlives the turn's deadline. One object
// per turn, one thread.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "host/host.hpp"
#include "observability/log.hpp"
#include "observability/turn_trace.hpp"
#include "store/store.hpp"

namespace dugout::orchestrator {

struct ToolRun {
  bool ok = false;
  core::Json data;         // object when ok
  std::string code;        // when not: "not_found", "unavailable" ...
  std::string message;     // for the user or the model; plain words
  bool retryable = false;  // the tool says that the same again may help

  // The tool could not do its work, which says nothing about what it was asked.
  bool broken() const;
};

// The outcome of an effect that nobody knows yet; asking again settles it.
inline constexpr auto kUnknownOutcome = "unknown_outcome";

enum class Settled {
  kKnown,    // its result is in the journal now
  kNotRun,   // it did not happen; the entry stays open
  kUnknown,  // nobody can tell
};

// The place of a run: what makes its idempotency key, together with tool and arguments.
struct ToolPlace {
  std::string session, turn;
  core::MonoTime deadline{};
  int most_tries = 20;  // of one effect that fails for certain each time, over all turns
};

class ToolRunner {
 public:
  // `log`: one whose lines have the ids of whoever asks.
  ToolRunner(const host::Generation& plugins, store::Store& store, observability::Log& log,
             const core::Clock& clock, ToolPlace place, observability::TurnTrace* trace = nullptr)
      : plugins_(plugins),
        store_(store),
        log_(log),
        clock_(clock),
        place_(std::move(place)),
        trace_(trace) {}

  // [worker] Never throws; every failure is a ToolRun that says so.
  ToolRun run(const std::string& tool, const core::Json& arguments, int routine);

  // [worker] What became of an effect that was begun and whose end nobody wrote down: asks the
  // tool, and keeps what it says. Nothing is run.
  Settled settle_open(const store::JournalEntry& entry);
  // As such an effect that certainly did not happen: the next try of it is another one.
  Status close_as_not_run(const store::JournalEntry& entry);

  // The argument a user's answer goes into; empty when there is no such check tool.
  std::string check_argument(const std::string& tool) const;

  // True once a tool with an effect has run in this turn.
  bool effects_ran() const { return effects_ran_; }

 private:
  ToolRun run_watched(const std::string& name, const host::ToolHandle& tool,
                      const std::string& arguments, int routine);
  ToolRun run_pure(const host::ToolHandle& tool, const std::string& arguments);
  ToolRun run_journalled(const host::ToolHandle& tool, const std::string& arguments, int routine);
  ToolRun run_entry(const host::ToolHandle& tool, const store::JournalEntry& entry,
                    const std::string& context);
  ToolRun run_and_settle(const host::ToolHandle& tool, const std::string& arguments,
                         const std::string& key, const std::string& context);
  ToolRun settle_unknown(const host::ToolHandle& tool, const std::string& arguments,
                         const std::string& key, const std::string& context);
  std::string context(const std::string& key) const;

  const host::Generation& plugins_;
  store::Store& store_;
  observability::Log& log_;
  const core::Clock& clock_;
  ToolPlace place_;
  observability::TurnTrace* const trace_;
  std::map<std::string, ToolRun> seen_;  // answers of tools without effects, this turn
  bool effects_ran_ = false;
  bool from_journal_ = false;  // what was run last had its result already
};

}  // namespace dugout::orchestrator

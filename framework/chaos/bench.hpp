// The fault bench: parents come by chance and ask, the provider goes wrong by the scenario, and
// what becomes of their turns is measured. One run is one mode of recovery over one scenario.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "chaos/faulty_provider.hpp"
#include "chaos/parents.hpp"
#include "chaos/virtual_time.hpp"
#include "orchestrator/chat.hpp"

namespace dugout::chaos {

// How much of what Dugout can do against faults is on.
enum class Mode { kNone, kPlain, kAll };
inline constexpr Mode kModes[] = {Mode::kNone, Mode::kPlain, Mode::kAll};
const char* name_of(Mode mode);  // "no recovery", "plain retry", "all on"

// Changes what the settings and the agents' files say to what the mode means: kNone asks once,
// kPlain asks the same target again after waits, kAll leaves everything as it is and hedges.
void set_mode(Mode mode, const Scenario& scenario, orchestrator::OrchestratorOptions& options);
std::shared_ptr<const routines::Application> application_of(
    Mode mode, const std::shared_ptr<const routines::Application>& application);

// Collects the lines of all attempts.
class AttemptLines final : public orchestrator::AttemptSink {
 public:
  void write(const std::vector<std::string>& lines) noexcept override;
  std::vector<std::string> lines() const;

 private:
  mutable std::mutex mutex_;  // guards lines_
  std::vector<std::string> lines_;
};

struct Measured {
  std::string scenario;
  Mode mode = Mode::kAll;
  int turns = 0;
  double good = 0.0;      // share of turns that were answered
  double by_model = 0.0;  // share that a model answered, not the understudy
  double mean = 0.0, p50 = 0.0, p95 = 0.0, p99 = 0.0;  // s, of a turn
  double added = 0.0;                                  // s, mean beyond a good answer's mean
  double requests_per_turn = 0.0;
  // Requests per turn that came while a fault hit all requests for its target; nullopt = none did.
  std::optional<double> load_in_faults;
  double wasted_tokens = 0.0;  // per turn, of answers that were not used
};

// REQUIRES: the orchestrator runs on `time` and asks `provider`; attempts go to `lines`.
Measured run_bench(const Scenario& scenario, Mode mode, unsigned seed,
                   orchestrator::Orchestrator& orchestrator, VirtualTime& time,
                   const FaultyProvider& provider, const AttemptLines& lines);

// What became of `turns`, which came over the scenario's time and asked `provider`.
Measured measure(const Scenario& scenario, Mode mode, const std::vector<Talk>& turns,
                 const FaultyProvider& provider, const AttemptLines& lines);

// What the scenario expects of everything on, and was not met; empty = all is well.
std::vector<std::string> missed(const Scenario& scenario, const Measured& measured);

}  // namespace dugout::chaos

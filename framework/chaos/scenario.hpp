// A scenario of the fault bench: how many people talk, how quick a good model is, and what goes
// wrong with which target when. Read from YAML; docs/resilience.md tells how to write one. [any]
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/finding.hpp"

namespace dugout::chaos {

struct Fault {
  enum class Kind { kRefuse, kStatus, kSlow, kTruncate, kGarble, kEmpty };
  Kind kind = Kind::kStatus;
  std::string target = "*";     // provider/model; a * at the end stands for anything
  double from = 0.0;            // s, from the start
  std::optional<double> until;  // s; none = to the end
  double every = 0.0;           // s; with `lasts`, the fault comes and goes; 0 = it stays
  double lasts = 0.0;           // s, of each `every`
  double share = 1.0;           // 0..1 of the requests that it hits
  int status = 503;             // of kStatus
  std::string code;             // of kStatus: the error code in the body
  double retry_after = 0.0;     // s, of kStatus: what the server asks for; 0 = nothing
  double latency = 0.05;        // s, until it fails; of kSlow: how long an answer takes
};

struct Scenario {
  std::string name, about, file;
  double turns_per_second = 5.0;  // they come by chance, not in step (a Poisson process)
  double lasts = 180.0;           // s in which turns come
  double latency = 2.0;           // s, the middle (median) of a good answer's time
  double spread = 0.3;            // of it, as the sigma of a log-normal distribution
  std::vector<Fault> faults;
  // What must come out with everything on.
  double least_good = 0.0;                    // share of turns that end well
  double least_by_model = 0.0;                // share of turns that a model answers
  std::optional<double> most_requests;        // per turn, on average
  std::optional<double> most_load_in_faults;  // requests per turn while a fault is on

  bool strikes(const Fault& fault, const std::string& target, double at) const;
};

// Of a scenario's seconds.
core::Duration duration_of(double seconds);

// nullopt with findings (file:line:column) when it is not usable.
std::optional<Scenario> load_scenario(const std::string& path, core::Findings& findings);

}  // namespace dugout::chaos

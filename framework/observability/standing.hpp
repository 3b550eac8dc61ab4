// How the whole product stands at this moment: what no turn reports and only asking tells. Filled
// in cli from the parts; read for metrics and for people. Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "observability/process_figures.hpp"
#include "observability/telemetry.hpp"

namespace dugout::observability {

struct Standing {
  struct Target {
    std::string name, state = "closed";  // closed, open or half_open
    double retry_in = 0.0;               // s, until it may be asked
    std::uint64_t opened = 0;            // times so far
  };
  struct Provider {
    std::string name;
    int attempts = 0;  // at this moment
  };
  struct Cache {
    std::uint64_t hits = 0, misses = 0, shared = 0, entries = 0, bytes = 0;
  };
  struct Jobs {
    std::uint64_t waiting = 0, running = 0, done = 0, given_up = 0;
  };
  // Turns that were accepted and not answered by the process that took them.
  struct Recovered {
    std::uint64_t answered = 0, file_gone = 0, passed = 0, put_off = 0;
  };
  struct Plugin {
    std::string id, version, kind;
    std::string state;                                 // ready, degraded, quarantined or refused
    std::uint64_t errors = 0, slow = 0, restarts = 0;  // since it was loaded
  };
  struct Reloads {
    std::uint64_t published = 0, refused = 0, rolled_back = 0;
    bool last_refused = false;  // what is on the disk is not what serves
  };
  struct Signals {
    std::uint64_t log_dropped = 0, spans_exported = 0, spans_dropped = 0;
    bool export_failing = false;
  };

  // Before a turn begins.
  struct Doors {
    struct Refused {
      std::string reason;
      std::uint64_t count = 0;
    };
    std::int64_t connections = 0;
    std::vector<Refused> refused;          // all reasons there are
    std::int64_t certificate_expires = 0;  // Unix time; 0 = TLS is not spoken
    std::uint64_t certificates_refused = 0;
  };

  std::vector<Target> targets;
  std::vector<Provider> providers;
  double retry_tokens = 0.0, retry_tokens_limit = 0.0;  // limit 0 = there is no budget
  Cache cache;
  Jobs jobs;
  Recovered recovered;
  std::vector<Plugin> plugins;
  int generation = 1;  // of plugins and YAML
  Reloads reloads;
  Signals signals;
  Doors doors;
  std::vector<RunningTurn> running;  // the oldest first, a bounded number of them
  std::size_t running_turns = 0;
  std::uint64_t active_sessions = 0;
  core::MonoTime now{};  // running turns are as old as this says
};

// [worker]; holds no lock while it asks the store.
class StandingSource {
 public:
  virtual ~StandingSource() = default;
  virtual Standing standing() = 0;
};

}  // namespace dugout::observability

// Which tools and own kinds of work are due by the clock: what is declared for them, changed by the
// settings. The time is the wall clock's, in UTC. A time that was missed is still due as long as it
// is the same day. [any]
#pragma once

#include <mutex>
#include <vector>

#include "jobs/jobs.hpp"

namespace dugout::jobs {

class Rota {
 public:
  // `own`: kinds of work that are no tools, by name.
  Rota(const host::Generation& plugins, const std::map<std::string, host::ToolSchedule>& own,
       const std::map<std::string, JobOptions::Schedule>& changes);

  struct Due {
    store::NewJob job;   // unique for its day or interval, so that several processes make it once
    bool often = false;  // by interval: not worth a second one while the first is unfinished
  };
  // What is due now and was not noted before.
  std::vector<Due> due(core::WallTime now) const;
  void note(const store::NewJob& made);

 private:
  struct Entry {
    std::string kind;
    std::chrono::minutes at{0};          // of the day
    std::chrono::milliseconds every{0};  // 0 = daily
  };
  static std::string number_of(const Entry& entry, core::WallTime now);

  std::vector<Entry> entries_;
  mutable std::mutex mutex_;                  // guards noted_
  std::map<std::string, std::string> noted_;  // kind -> unique of its last job
};

// The lane of what runs by the clock or by hand: nothing runs beside itself.
std::string lane_of_kind(const std::string& kind);

}  // namespace dugout::jobs

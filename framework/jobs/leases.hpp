// The jobs that this process holds. Their leases are renewed while they run, so that no other
// process takes one up; when this process ends in the middle, they run out. [worker], any thread.
#pragma once

#include <mutex>

#include "jobs/jobs.hpp"

namespace dugout::jobs {

// Enough of a job's id to find it in `dugout jobs list`. The whole id of an upload is the key to
// its answer, so no log holds it.
inline std::string short_id(std::string_view id) {
  return std::string(id.substr(0, 12));
}

class Leases {
 public:
  Leases(store::Store& store, core::Clock& clock, observability::Log& log, core::Duration lease);

  // A due job, held from now on; none = nothing is due.
  Outcome<std::optional<store::Job>> next();
  // A job made and leased at once, for `least` or longer, as nobody may be there to renew it.
  Outcome<store::Job> begin(const store::NewJob& fresh, core::Duration least);

  // Each lets go of the job, whatever the store says.
  Status finish(const store::Job& job, const std::string& result);
  Status fail(const store::Job& job, const std::string& error,
              std::optional<std::int64_t> retry_at_ms);

  // Renews what has a third of its time behind it. To be called more often than that.
  void renew();

  core::Duration third() const { return lease_ / 3; }

 private:
  void hold(const std::string& id);
  void let_go(const std::string& id);
  void renew_one(const std::string& id);
  std::chrono::milliseconds lease_ms(core::Duration lease) const;

  store::Store& store_;
  core::Clock& clock_;
  observability::Log& log_;
  const core::Duration lease_;
  const std::string owner_;
  std::mutex mutex_;                            // guards held_
  std::map<std::string, core::MonoTime> held_;  // id -> when the lease was last made
};

}  // namespace dugout::jobs

#include "jobs/leases.hpp"

#include <algorithm>

#include "core/random.hpp"

namespace dugout::jobs {

using observability::Field;

Leases::Leases(store::Store& store, core::Clock& clock, observability::Log& log,
               core::Duration lease)
    : store_(store), clock_(clock), log_(log), lease_(lease), owner_(core::new_id("own_")) {}

std::chrono::milliseconds Leases::lease_ms(core::Duration lease) const {
  return std::chrono::ceil<std::chrono::milliseconds>(lease);
}

Outcome<std::optional<store::Job>> Leases::next() {
  auto taken = store_.lease_job(owner_, lease_ms(lease_));
  if (taken && *taken) hold((*taken)->id);
  return taken;
}

Outcome<store::Job> Leases::begin(const store::NewJob& fresh, core::Duration least) {
  return store_.begin_job(fresh, owner_, lease_ms(std::max(lease_, least)));
}

Status Leases::finish(const store::Job& job, const std::string& result) {
  let_go(job.id);
  return store_.finish_job(job.id, owner_, result);
}

Status Leases::fail(const store::Job& job, const std::string& error,
                    std::optional<std::int64_t> retry_at_ms) {
  let_go(job.id);
  return store_.fail_job(job.id, owner_, error, retry_at_ms);
}

void Leases::renew() {
  std::vector<std::string> old;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, made] : held_) {
      if (clock_.now() - made >= third()) old.push_back(id);
    }
  }
  for (const auto& id : old) renew_one(id);
}

void Leases::renew_one(const std::string& id) {
  const auto renewed = store_.renew_job(id, owner_, lease_ms(lease_));
  const std::lock_guard lock(mutex_);
  const auto held = held_.find(id);
  if (held == held_.end()) return;  // ended meanwhile
  if (renewed) {
    held->second = clock_.now();
  } else if (renewed.error().code == Code::kConflict) {
    // It ran out before it was renewed; what the job still does, another may do as well.
    held_.erase(held);
    log_.warning("jobs.lease_lost", {Field::id("job", short_id(id))});
  }
}

void Leases::hold(const std::string& id) {
  const std::lock_guard lock(mutex_);
  held_[id] = clock_.now();
}

void Leases::let_go(const std::string& id) {
  const std::lock_guard lock(mutex_);
  held_.erase(id);
}

}  // namespace dugout::jobs

#include "jobs/jobs.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <nlohmann/json.hpp>

#include "jobs/crew.hpp"
#include "jobs/leases.hpp"
#include "jobs/rota.hpp"
#include "jobs/tool_work.hpp"

namespace dugout::jobs {
namespace {

using observability::Field;

constexpr core::Duration kPoll = std::chrono::seconds(1);
constexpr core::Duration kBeat = std::chrono::seconds(5);

// The waits between the tries grow from the first one to the longest.
constexpr int kMostTries = 8;
constexpr double kFirstWait = 5.0;  // s
constexpr double kWaitMultiplier = 3.0;
constexpr core::Duration kLongestWait = std::chrono::hours(1);

Worked worked_of(const orchestrator::ToolRun& run) {
  if (run.ok) return {true, false, core::canonical(run.data), ""};
  return {false, run.retryable || run.broken(), "", error_line(run.code, run.message)};
}

core::Duration wait_after(int tries) {
  const std::chrono::duration<double> wait(kFirstWait *
                                           std::pow(kWaitMultiplier, std::max(tries - 1, 0)));
  if (!(wait < kLongestWait)) return kLongestWait;
  return std::chrono::duration_cast<core::Duration>(wait);
}

class StoredJobs final : public Jobs {
 public:
  StoredJobs(JobParts parts, JobOptions options, std::map<std::string, Work> kinds)
      : parts_(std::move(parts)),
        options_(std::move(options)),
        work_(std::move(kinds)),
        duty_(std::make_shared<const Duty>(parts_.plugins, options_.own, options_.schedules)),
        leases_(parts_.store, parts_.clock, parts_.log, options_.lease),
        crew_({[this] { return work(); }, [this] { tick(); }, kPoll,
               std::min(kBeat, leases_.third())}) {
    parts_.plugins.reset();
  }

  Outcome<int> take(std::string_view source, const std::vector<Event>& events) override;
  Outcome<std::string> enqueue(const store::NewJob& job) override;
  Outcome<std::optional<store::Job>> find(std::string_view id) override {
    return parts_.store.job(id);
  }
  Outcome<std::vector<store::Job>> list(const store::JobFilter& filter) override {
    return parts_.store.jobs(filter);
  }
  Status retry(std::string_view id) override;
  Outcome<std::string> run_now(const std::string& tool, bool dry_run) override;
  bool work_once() override {
    tick();
    return work();
  }
  void renew(std::shared_ptr<const host::Generation> plugins,
             std::map<std::string, JobOptions::Schedule> schedules) override {
    auto next = std::make_shared<const Duty>(std::move(plugins), options_.own, schedules);
    const std::lock_guard lock(mutex_);
    duty_.swap(next);
  }
  void start() override {
    if (stop_.cancelled()) stop_ = core::CancelToken();  // nobody works, since the stop
    crew_.start(options_.workers);
  }
  void stop() override {
    stop_.cancel();
    crew_.stop();
  }

 private:
  // Of one generation.
  struct Duty {
    Duty(std::shared_ptr<const host::Generation> plugins_in,
         const std::map<std::string, host::ToolSchedule>& own,
         const std::map<std::string, JobOptions::Schedule>& changes)
        : plugins(std::move(plugins_in)), rota(*plugins, own, changes) {}
    const std::shared_ptr<const host::Generation> plugins;
    mutable Rota rota;  // has a lock of its own
  };
  std::shared_ptr<const Duty> duty() const {
    const std::lock_guard lock(mutex_);
    return duty_;
  }
  // As make_jobs() was given them, with the tools of now.
  JobParts parts_now() const { return {duty()->plugins, parts_.store, parts_.clock, parts_.log}; }

  bool work();
  void tick();
  void make_due();
  Outcome<bool> unfinished(const std::string& kind);
  Worked attempt(const store::Job& job);
  void settle(const store::Job& job, const Worked& worked, int tries_left);
  // Was the store able to serve?
  template <typename T>
  bool heard(const Outcome<T>& outcome) {
    return note_store(outcome ? nullptr : &outcome.error());
  }
  bool note_store(const Error* failure);
  std::int64_t now_ms() const { return parts_.clock.wall_now().time_since_epoch().count(); }

  JobParts parts_;  // without plugins, which are the duty's
  const JobOptions options_;
  const std::map<std::string, Work> work_;
  core::CancelToken stop_;
  std::atomic<bool> store_fails_{false};
  mutable std::mutex mutex_;  // guards duty_
  std::shared_ptr<const Duty> duty_;
  Leases leases_;
  Crew crew_;  // last: its threads use all of the above
};

Outcome<int> StoredJobs::take(std::string_view source, const std::vector<Event>& events) {
  std::vector<store::NewEvent> fresh;
  for (const auto& event : events) {
    fresh.push_back({event.id, {event.tool, event.arguments, "", event.lane, 0}});
  }
  auto added = parts_.store.take_events(source, fresh);
  if (added && *added > 0) crew_.wake();
  return added;
}

Outcome<std::string> StoredJobs::enqueue(const store::NewJob& job) {
  auto id = parts_.store.enqueue(job);
  if (id) crew_.wake();
  return id;
}

Status StoredJobs::retry(std::string_view id) {
  auto done = parts_.store.retry_job(id);
  if (done) crew_.wake();
  return done;
}

Outcome<std::string> StoredJobs::run_now(const std::string& name, bool dry_run) {
  const auto parts = parts_now();
  const auto tool = parts.plugins->tool(name);
  if (tool == nullptr) return Error{Code::kNotFound, "there is no tool called " + name};
  if (dry_run) return run_dry(*tool);
  // A process for one command has no clock thread, so the lease lasts for the tool's whole time.
  const auto timeout = std::chrono::milliseconds(tool->declaration().timeout_ms);
  const auto job =
      leases_.begin({name, "{}", "", lane_of_kind(name), 0}, timeout + std::chrono::minutes(1));
  if (!job) {
    if (job.error().code != Code::kConflict) return job.error();
    return Error{Code::kConflict, name + " is running already"};
  }
  const auto run = run_tool(parts, *job);
  settle(*job, worked_of(run), 0);
  return result_of(run);
}

bool StoredJobs::work() {
  const auto job = leases_.next();
  if (!heard(job) || !*job) return false;
  const int tries_left = kMostTries - ((*job)->tries - (*job)->forgiven);
  if (tries_left < 0) {
    // The process ended in each of its tries, perhaps because of it.
    settle(**job, {false, false, "", "crashed: no try came to its end"}, 0);
  } else {
    settle(**job, attempt(**job), tries_left);
  }
  return true;
}

void StoredJobs::tick() {
  leases_.renew();
  make_due();
}

void StoredJobs::make_due() {
  const auto now = duty();
  for (const auto& due : now->rota.due(parts_.clock.wall_now())) {
    if (due.often) {
      const auto busy = unfinished(due.job.kind);
      if (!heard(busy) || *busy) continue;
    }
    const auto made = enqueue(due.job);
    if (heard(made)) now->rota.note(due.job);
  }
}

Outcome<bool> StoredJobs::unfinished(const std::string& kind) {
  for (const char* state : {"waiting", "running"}) {
    const auto found = parts_.store.jobs({kind, state, 1});
    if (!found) return found.error();
    if (!found->empty()) return true;
  }
  return false;
}

Worked StoredJobs::attempt(const store::Job& job) {
  try {
    const auto own = work_.find(job.kind);
    return own == work_.end() ? worked_of(run_tool(parts_now(), job)) : own->second(job, stop_);
  } catch (const std::exception& thrown) {
    return {false, true, "", error_line("internal", thrown.what())};
  } catch (...) {
    return {false, true, "", "internal"};
  }
}

void StoredJobs::settle(const store::Job& job, const Worked& worked, int tries_left) {
  Status kept = Done{};
  if (worked.done) {
    kept = leases_.finish(job, worked.result);
    parts_.log.info(
        "jobs.done",
        {Field::safe("kind", job.kind), Field::id("job", short_id(job.id)), {"tries", job.tries}});
  } else if (worked.again && tries_left > 0) {
    const auto wait = wait_after(kMostTries - tries_left);
    kept = leases_.fail(job, worked.error,
                        now_ms() + std::chrono::ceil<std::chrono::milliseconds>(wait).count());
    parts_.log.warning("jobs.again", {Field::safe("kind", job.kind),
                                      Field::id("job", short_id(job.id)),
                                      Field::safe("code", code_of(worked.error)),
                                      {"wait_s", core::seconds(wait)}});
  } else {
    kept = leases_.fail(job, worked.error, {});
    parts_.log.error("jobs.given_up", {Field::safe("kind", job.kind),
                                       Field::id("job", short_id(job.id)),
                                       Field::safe("code", code_of(worked.error)),
                                       {"tries", job.tries}});
  }
  if (kept) return;
  // Its lease runs out, and it is done again.
  parts_.log.error("jobs.unsettled",
                   {Field::safe("kind", job.kind), Field::id("job", short_id(job.id))});
}

// Says once, not every second, that the store cannot serve.
bool StoredJobs::note_store(const Error* failure) {
  const bool failed = failure != nullptr;
  if (store_fails_.exchange(failed) != failed) {
    if (failed) {
      parts_.log.error("jobs.store_fails", {Field::safe("why", failure->message)});
    } else {
      parts_.log.info("jobs.store_serves", {});
    }
  }
  return !failed;
}

}  // namespace

std::unique_ptr<Jobs> make_jobs(JobParts parts, JobOptions options,
                                std::map<std::string, Work> work) {
  return std::make_unique<StoredJobs>(std::move(parts), std::move(options), std::move(work));
}

}  // namespace dugout::jobs

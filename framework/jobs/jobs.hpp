// Work that is done behind the conversation: events that a service has sent, photos that are
// checked, what tools do by the clock. Every job stands in the store before anybody is told of it,
// is leased while it runs, tried again when it may help, and taken up again after a crash, by
// whichever process comes first. So a job may run more than once; what it does must bear that.
// All functions are [worker] and safe from any thread; start and stop are for one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "host/host.hpp"
#include "observability/log.hpp"
#include "store/store.hpp"

namespace dugout::jobs {

// Something a service told us, to be worked on by a tool.
struct Event {
  std::string id;         // the service's own, unique for its source
  std::string tool;       // that is to run
  std::string arguments;  // JSON object
  std::string lane;       // jobs of one lane never run at the same time; empty = no lane
};

// How one try of a job ended.
struct Worked {
  bool done = false;
  bool again = false;  // not done, and another try may help
  std::string result;  // JSON: of what was done
  std::string error;   // one line for the operator, without personal data
};

// Does one kind of job that is no tool. [worker] What takes long ends when `stop` is cancelled: who
// stops the jobs waits for it.
using Work = std::function<Worked(const store::Job&, const core::CancelToken& stop)>;

struct JobOptions {
  int workers = 2;
  core::Duration lease = std::chrono::seconds(30);  // renewed while the work runs
  // When own kinds of work run by themselves, as tools declare it for themselves.
  std::map<std::string, host::ToolSchedule> own = {};
  // Changes to these and to what tools declare, by name; disabled = never by itself.
  struct Schedule {
    bool enabled = true;
    std::string at;
    double every = 0.0;
  };
  std::map<std::string, Schedule> schedules;
};

class Jobs {
 public:
  virtual ~Jobs() = default;

  // Stores the events that were not seen before under (source, id), each with its job, in one
  // transaction. Returns how many were new.
  virtual Outcome<int> take(std::string_view source, const std::vector<Event>& events) = 0;
  // The job's id. With a `unique` that is known already, the id of the job that has it.
  virtual Outcome<std::string> enqueue(const store::NewJob& job) = 0;
  virtual Outcome<std::optional<store::Job>> find(std::string_view id) = 0;
  virtual Outcome<std::vector<store::Job>> list(const store::JobFilter& filter) = 0;
  // A job that was given up gets its tries anew. kNotFound; kConflict when it is not given up.
  virtual Status retry(std::string_view id) = 0;
  // Runs a tool as its job would, at once and on this thread. Its result, {"ok",...}.
  virtual Outcome<std::string> run_now(const std::string& tool, bool dry_run) = 0;

  // One due job on this thread, or false when there is none. For tests, as `start` needs none.
  virtual bool work_once() = 0;

  // What a new generation brings: its tools, and when they run. Jobs under way end on their own.
  virtual void renew(std::shared_ptr<const host::Generation> plugins,
                     std::map<std::string, JobOptions::Schedule> schedules) = 0;

  // Threads of their own: `workers` for jobs, one for the clock. stop() waits for running jobs.
  virtual void start() = 0;
  virtual void stop() = 0;
};

// What jobs run on. All outlive the jobs.
struct JobParts {
  std::shared_ptr<const host::Generation> plugins;
  store::Store& store;
  core::Clock& clock;
  observability::Log& log;
};

// `work`: by kind; a kind that is not there is the name of a tool.
std::unique_ptr<Jobs> make_jobs(JobParts parts, JobOptions options,
                                std::map<std::string, Work> work);

}  // namespace dugout::jobs

// A job as the store keeps it.
#pragma once

#include <cstdint>
#include <string>

namespace dugout::store {

enum class JobState { kWaiting, kRunning, kDone, kFailed };  // kFailed: given up

struct NewJob {
  std::string kind;         // the name of a tool, or of another kind of work
  std::string arguments;    // JSON object
  std::string unique;       // no two jobs share it; empty = none
  std::string lane;         // jobs of one lane never run at the same time; empty = none
  std::int64_t due_ms = 0;  // unix time; 0 = now
};

struct Job {
  std::string id;  // 128 random bits, so that it may be told to a client as a secret
  std::string kind, arguments, unique, lane;
  JobState state = JobState::kWaiting;
  int tries = 0;              // begun so far
  int forgiven = 0;           // of them, those before it was last retried by hand
  std::int64_t due_ms = 0;    // not before; unix time
  std::int64_t lease_ms = 0;  // of kRunning: taken up by somebody else after this
  std::string owner;          // of the lease
  std::string result;         // JSON, of kDone
  std::string error;          // of the last try that failed
  std::int64_t created_ms = 0, updated_ms = 0;
};

// What a service told us, with the job that works on it.
struct NewEvent {
  std::string id;  // the service's own, unique for its source
  NewJob job;
};

// How many jobs there are in each state.
struct JobCounts {
  std::uint64_t waiting = 0, running = 0, done = 0, failed = 0;
};

struct JobFilter {
  std::string kind;   // empty = all
  std::string state;  // "waiting", "running", "done", "failed"; empty = all
  std::size_t last = 50;
};

}  // namespace dugout::store

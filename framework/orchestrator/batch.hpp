// Many turns at once, with a bound: calls of one session in their order and one at a time, sessions
// by turns, so that none holds all workers. Results are told as they come.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "orchestrator/chat.hpp"

namespace dugout::orchestrator {

struct BatchCall {
  std::size_t index = 0;  // the caller's own; `finished` is told it
  ChatRequest request;    // without a session id: a session of its own
};

// Both functions are called one at a time, from the workers' threads. While one of them takes its
// time, nothing further is begun: a reader that is slow slows the batch, no queue grows.
struct BatchPlan {
  int workers = 8;
  // Asked before each call; false: no further one is begun. Empty = always true.
  std::function<bool()> may_begin;
  // When it throws, no further call is begun.
  std::function<void(std::size_t index, const Outcome<ChatReply>& reply)> finished;
};

struct BatchCount {
  std::size_t good = 0, failed = 0;
  std::size_t left = 0;  // not begun
};

// [worker] Returns when the last call that was begun has ended. The calling thread is one of the
// workers.
BatchCount run_batch(Orchestrator& orchestrator, std::vector<BatchCall> calls,
                     const BatchPlan& plan);

// How many of the calls can be under way at once: the number of sessions.
std::size_t sessions_in(const std::vector<BatchCall>& calls);

}  // namespace dugout::orchestrator

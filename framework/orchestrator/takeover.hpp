// Answers, by the server itself, what was accepted and never answered: after a start, and when
// another process over the same store has died. In the order of acceptance within a session, some
// sessions at once, beside new messages, which wait in their session's lane. Turns that nobody can
// answer just now are tried again a few times, then left to their client's repeat.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "orchestrator/chat.hpp"

namespace dugout::orchestrator {

struct TakeoverOptions {
  int workers = 4;                                 // sessions at once
  core::Duration every = std::chrono::seconds(5);  // looked again for what others left
  int tries = 6;                                   // of one turn, each wait twice the one before
  core::Duration wait = std::chrono::seconds(5);   // before the second
};

struct TakeoverCounts {
  std::uint64_t taken = 0, answered = 0, file_gone = 0, passed = 0, put_off = 0;
};

class Takeover {
 public:
  // REQUIRES: all outlive it.
  Takeover(Orchestrator& orchestrator, core::Clock& clock, observability::Log& log,
           TakeoverOptions options = {});
  ~Takeover() { stop(); }
  Takeover(const Takeover&) = delete;
  Takeover& operator=(const Takeover&) = delete;

  // Takes what is there, so that it has its places before whatever comes. Before the first message.
  void prepare();
  void start();
  void stop();  // what is being answered ends first; the rest stays for the next start
  TakeoverCounts counts() const;  // [any]

  // One round on this thread: what is due is answered. For tests, as `start` needs none.
  void work();

 private:
  struct Open {
    OpenTurn turn;
    int tries = 0;
    core::MonoTime due{};
  };
  using Lane = std::deque<Open>;  // of one session, in order

  void look(bool put_off_too);
  void loop();
  void answer_all(std::vector<Lane> lanes);
  void answer(Lane lane);
  bool answer_one(Open& open);
  std::vector<Lane> due_lanes();
  void settle_effects();

  Orchestrator& orchestrator_;
  core::Clock& clock_;
  observability::Log& log_;
  const TakeoverOptions options_;
  const core::CancelToken stopping_;
  mutable std::mutex mutex_;  // guards the two below
  std::deque<Open> waiting_;
  TakeoverCounts counts_;
  bool settled_ = false;  // of the loop's thread
  std::thread thread_;
};

}  // namespace dugout::orchestrator

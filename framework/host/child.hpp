// One child process that runs a plugin, seen from the host. It is killed and waited for when the
// last reference goes, so a call that is under way keeps it. Private to host. [worker]
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "dugout/abi.h"
#include "host/frame.hpp"

namespace dugout::host {

// What all children of one plugin have in common.
struct ChildPlan {
  std::string program;  // run as `program plugin-child`
  std::string hello;    // JSON for ChildOp::kOpen
  int library = -1;     // an open file
  // Of one that may use the data folder, which it then starts beside; else empty, and it starts in
  // /.
  std::string data_folder;
  std::atomic<const dugout_host*> host{nullptr};  // nullptr = it is served nothing yet
};

struct ChildReply {
  enum class End {
    kAnswered,
    kDied,  // `why` says how
    kLate   // no answer within the limit; the caller should let the child go
  };
  End end = End::kDied;
  dugout_status status = DUGOUT_E_INTERNAL;
  std::string first, second;
  std::string why;
  bool alone = true;  // of kDied: no other call was under way
};

class Child {
 public:
  // Begins a process. `why` is filled when there is none.
  static std::shared_ptr<Child> start(const std::shared_ptr<ChildPlan>& plan, std::string& why);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Waits for the answer and serves meanwhile what the call asks for.
  ChildReply call(ChildOp op, std::int32_t status, const std::vector<std::string_view>& texts,
                  std::chrono::milliseconds limit);
  // The same for a tool: it has the time it takes, and a little more once it was cancelled.
  struct ToolTerms {
    dugout_call* number;
    const std::atomic<bool>* cancelled;
    std::chrono::milliseconds grace;
  };
  ChildReply tool(ChildOp op, const ToolTerms& terms, const std::vector<std::string_view>& texts);
  // false = no such call is under way here.
  bool cancel(dugout_call* number);
  // A cancel of a call that is over, as a plugin must bear it.
  void cancel_unknown();

  bool alive() const;
  std::chrono::seconds cpu_time() const;
  // How it ended, once it did.
  std::string end() const;

 private:
  struct Pending;

  explicit Child(std::shared_ptr<ChildPlan> plan);
  void run(int socket, int theirs);  // the reader's thread, for as long as the child lives
  bool spawn(int theirs);
  void read(int socket);
  void take(Frame&& frame);
  void ended();
  void kill(const std::string& why);
  ChildReply begin(Pending& mine, ChildOp op, std::int32_t status,
                   const std::vector<std::string_view>& texts);
  void serve(std::unique_lock<std::mutex>& lock, Pending& mine);
  void answer(const Frame& asked);
  // False: it is one question too many. REQUIRES: mutex_ is held.
  bool keep(Pending& one, Frame&& asked);
  void send(const FrameHead& head, const std::vector<std::string_view>& texts);
  bool may_log();  // REQUIRES: mutex_ is held

  const std::shared_ptr<ChildPlan> plan_;
  int socket_ = -1;
  std::mutex sending_;        // held while a frame is written, which has a deadline
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable started_;
  bool begun_ = false, dead_ = false;
  pid_t process_ = -1;  // until it was waited for
  std::string why_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, Pending*> pending_;
  std::size_t asked_bytes_ = 0;  // of questions that wait for their answer
  std::chrono::steady_clock::time_point log_second_{};
  int lines_ = 0;
  std::thread reader_;
};

}  // namespace dugout::host

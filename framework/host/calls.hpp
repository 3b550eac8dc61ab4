// Open tool calls. What a plugin gets as dugout_call* is a number, never an address: a completion
// that comes late, twice, or for a call that never was finds nothing and is dropped. A call that
// the host stopped waiting for holds a lease on its plugin until it is completed. Private to host.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "dugout/abi.h"

namespace dugout::host {

class Plugin;

constexpr std::size_t kMaxAnswer = 16U << 20;  // bytes of any one answer of a plugin

class Call {
 public:
  struct Answer {
    dugout_status status = DUGOUT_E_INTERNAL;
    std::string body;
    bool too_large = false;
  };

  // [worker] Until the call is answered and the entry that started it came back, or `limit` passes.
  // false = no answer; from here on the call holds `lease`. REQUIRES: called once.
  bool wait(std::chrono::milliseconds limit, const std::shared_ptr<Plugin>& lease, Answer& answer);

  // [any] Returns the lease, if there is one: the caller must hand it to a thread of the host.
  std::shared_ptr<Plugin> answered(dugout_status status, dugout_text body);
  bool entry_returned();  // [worker] true = the wait was over before
  bool outlived();        // [worker] after wait: the entry is still running

 private:
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  bool answered_ = false, returned_ = false, outlived_ = false;
  Answer answer_;
  std::shared_ptr<Plugin> lease_;
};

// [any] The call is open until complete_call comes for it.
dugout_call* open_call(const std::shared_ptr<Call>& call);
// [worker] Lets go of the leases of calls that were completed after the host stopped waiting. The
// completing thread must not do that: the last lease unloads the library it is running in.
void sweep_calls();
std::size_t open_calls();
std::size_t dropped_completions();  // those that found no open call

// dugout_host::complete and ::emit. [any]
void complete_call(dugout_call* call, dugout_status status, dugout_text body);
void emit_call(dugout_call* call, dugout_text piece);

}  // namespace dugout::host

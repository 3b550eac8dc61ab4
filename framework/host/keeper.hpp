// Keeps a child for one isolated plugin: starts it again when it ended, later and later when it
// keeps ending, and turns what became of a call into a status. Private to host. [any] unless
// marked.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "host/child.hpp"

namespace dugout::host {

class Keeper {
 public:
  // `effects`: a call of a tool that may have an effect is never made twice.
  Keeper(std::string plugin, std::shared_ptr<ChildPlan> plan, bool effects);
  ~Keeper();

  // [load] "" = the library is open in a child. Its note about the sandbox is in `note`.
  std::string open(std::string& note);
  bool serves(std::uint32_t major);  // [load]
  // [load] The faces are then those that has_face() knows.
  dugout_status create(const dugout_host* host, dugout_text config, dugout_sink* why);
  void destroy();                                                                // [load]
  void on_defect(std::function<void()> defect) { defect_ = std::move(defect); }  // [load]

  // A face that answers at once.
  dugout_status pure(ChildOp op, std::int32_t status, const std::vector<std::string_view>& texts,
                     std::chrono::milliseconds limit, dugout_sink* first,
                     dugout_sink* second = nullptr);
  // [worker] Completes the call, and comes back when the plugin did.
  void tool(ChildOp op, dugout_call* number, dugout_text args, dugout_text context);
  void cancel(dugout_call* number);

  bool has_face(std::string_view id) const;
  bool reconciles() const { return has_face("reconcile"); }
  std::uint64_t restarts() const { return restarts_.load(); }

 private:
  struct ToolCall {
    std::shared_ptr<Child> child;  // null = none yet
    std::atomic<bool> cancelled{false};
  };

  std::string_view rights() const { return plan_->data_folder.empty() ? "" : "files"; }
  bool folder_is_there() const;
  bool usable(bool blind) const;  // REQUIRES: mutex_ is held
  // The child that serves. One that has to be started first is waited for as long as the caller
  // can wait, or until it is cancelled; it starts all the same, for those who come later.
  std::shared_ptr<Child> take(std::string& why, std::chrono::milliseconds limit,
                              const std::atomic<bool>* cancelled = nullptr);
  bool begin_start(std::string& why);  // REQUIRES: mutex_ is held
  void start_again();                  // on a thread of its own
  std::shared_ptr<Child> fresh(std::string& why, std::chrono::milliseconds limit);
  // A child that did not do well is not asked again. What is under way in it may end there.
  void judge(const std::shared_ptr<Child>& child, const ChildReply& reply);
  using Made = std::function<ChildReply(const std::shared_ptr<Child>&)>;
  ChildReply repeated(const Made& call, ChildReply&& first, std::chrono::milliseconds limit,
                      const std::atomic<bool>* cancelled = nullptr);

  const std::string plugin_;
  const std::shared_ptr<ChildPlan> plan_;
  const bool effects_;
  std::function<void()> defect_;
  std::string config_, faces_;
  bool created_ = false;                // as config_, written before the first call
  std::atomic<bool> has_folder_{true};  // the data folder was there when the last child started
  std::atomic<std::uint64_t> restarts_{0};
  mutable std::mutex
      mutex_;  // guards all below; before Child's, and nothing is waited for under it
  std::condition_variable changed_;
  bool starting_ = false;       // a child is being started; whoever needs one waits for it
  bool starter_works_ = false;  // its thread does; it sees the child before to its end, too
  bool repeating_ = false;      // a call is repeated: one child more, not many
  std::string start_fault_;     // of the last start
  std::thread starter_;
  std::shared_ptr<Child> child_;
  int failures_ = 0;  // since the last answer
  std::chrono::steady_clock::time_point not_before_{};
  std::map<dugout_call*, ToolCall> tools_;  // under way
};

}  // namespace dugout::host

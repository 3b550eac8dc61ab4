#include "host/keeper.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/json.hpp"
#include "dugout/sdk/text.hpp"
#include "host/budget.hpp"
#include "host/calls.hpp"
#include "host/sandbox.hpp"
#include "host/services.hpp"

namespace dugout::host {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kOpening{15'000 * kPatience}, kCancelGrace{1'000 * kPatience};
constexpr milliseconds kFirstPause{100}, kLongestPause{30'000};

std::string error_text(const std::string& message) {
  return core::canonical(core::Json{{"message", message}});
}

// None after one failure, then 0.1 s, 0.2 s and so on.
milliseconds pause_after(int failures) {
  if (failures < 2) return milliseconds(0);
  return std::min(kLongestPause, kFirstPause * (1 << std::min(failures - 2, 12)));
}

}  // namespace

Keeper::Keeper(std::string plugin, std::shared_ptr<ChildPlan> plan, bool effects)
    : plugin_(std::move(plugin)), plan_(std::move(plan)), effects_(effects) {}

Keeper::~Keeper() {
  if (starter_.joinable()) starter_.join();
}

// --- Life
// ------------------------------------------------------------------------------------------

std::shared_ptr<Child> Keeper::fresh(std::string& why, milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  const auto left = [&] {
    const auto time = until - std::chrono::steady_clock::now();
    return std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(time));
  };
  has_folder_ = folder_is_there();
  auto child = Child::start(plan_, why);
  if (!child) return nullptr;
  const auto failed = [&](const ChildReply& reply) {
    if (reply.end == ChildReply::End::kAnswered && reply.status == DUGOUT_OK) return false;
    const auto body = core::parse_json(reply.first);
    const auto message = body ? core::member(*body, "message") : std::string{};
    why = reply.end == ChildReply::End::kLate ? "it did not start in time"
          : message.empty()                   ? child->end()
                                              : message;
    if (why.rfind(plugin_ + ": ", 0) == 0) why.erase(0, plugin_.size() + 2);
    return true;
  };
  const auto opened = child->call(ChildOp::kOpen, 0, {plan_->hello}, left());
  if (failed(opened)) return nullptr;
  if (!created_) {
    why = opened.first;  // its note
    return child;
  }
  return failed(child->call(ChildOp::kCreate, 0, {config_, rights()}, left())) ? nullptr : child;
}

std::string Keeper::open(std::string& note) {
  std::string why;
  auto child = fresh(why, kOpening);
  if (!child) return why.empty() ? "it could not be started" : why;
  note = why;
  const std::lock_guard lock(mutex_);
  child_ = std::move(child);
  return {};
}

bool Keeper::serves(std::uint32_t major) {
  std::string why;
  const auto child = take(why, kOpening);
  if (!child) return false;
  const auto reply = child->call(ChildOp::kServes, static_cast<std::int32_t>(major), {}, kOpening);
  return reply.end == ChildReply::End::kAnswered && reply.status == DUGOUT_OK;
}

dugout_status Keeper::create(const dugout_host* host, dugout_text config, dugout_sink* why) {
  plan_->host = host;
  config_ = std::string(sdk::view(config));
  std::string fault;
  const auto child = take(fault, kOpening);
  ChildReply reply;
  if (child) {
    reply = child->call(ChildOp::kCreate, 0, {config_, rights()}, kOpening);
    if (reply.end == ChildReply::End::kDied) fault = child->end();
    if (reply.end == ChildReply::End::kLate) fault = "it did not come back";
  }
  created_ = fault.empty() && reply.status == DUGOUT_OK;
  if (created_) faces_ = "\n" + reply.first;
  if (created_) return DUGOUT_OK;
  auto body = fault.empty() ? reply.first : error_text(fault);
  // The same words come again from the host's own Plugin.
  for (const auto& twice : {plugin_ + ": create failed: ", plugin_ + ": "}) {
    if (const auto at = body.find(twice); at != body.npos) body.erase(at, twice.size());
  }
  why->put(why, sdk::text(body));
  return fault.empty() ? reply.status : DUGOUT_E_INTERNAL;
}

bool Keeper::has_face(std::string_view id) const {
  return !id.empty() && faces_.find("\n" + std::string(id) + "\n") != faces_.npos;
}

void Keeper::destroy() {
  if (starter_.joinable()) starter_.join();  // no call is under way that could begin another one
  std::shared_ptr<Child> child;
  {
    const std::lock_guard lock(mutex_);
    child.swap(child_);
    defect_ = nullptr;
  }
  if (child) child->call(ChildOp::kDestroy, 0, {}, kCancelGrace);
}

bool Keeper::folder_is_there() const {
  std::error_code failed;
  return plan_->data_folder.empty() || std::filesystem::exists(plan_->data_folder, failed);
}

// `blind`: its rights are settled when it starts; a data folder that was made since is not among
// them.
bool Keeper::usable(bool blind) const {
  return child_ && child_->alive() && !blind &&
         child_->cpu_time() < std::chrono::seconds(kReplaceAfterCpu);
}

std::shared_ptr<Child> Keeper::take(std::string& why, milliseconds limit,
                                    const std::atomic<bool>* cancelled) {
  const auto until = std::chrono::steady_clock::now() + limit;
  const bool blind = !has_folder_ && folder_is_there();
  std::unique_lock lock(mutex_);
  if (usable(blind)) return child_;
  const bool begun = starting_ || begin_start(why);
  // One that has worked for long goes on until the next one is there.
  if (!blind && child_ && child_->alive()) return child_;
  if (!begun) return nullptr;
  changed_.wait_until(lock, until,
                      [&] { return !starting_ || (cancelled != nullptr && *cancelled); });
  if (!starting_ && child_ && child_->alive()) return child_;
  why = starting_              ? "its process is still starting"
        : start_fault_.empty() ? "its process is started again in a moment"
                               : "its process could not be started again: " + start_fault_;
  return nullptr;
}

bool Keeper::begin_start(std::string& why) {
  if (starter_works_ || std::chrono::steady_clock::now() < not_before_) {
    why = "its process is started again in a moment";
    return false;
  }
  if (starter_.joinable()) starter_.join();  // it has nothing left to do
  try {
    starter_ = std::thread([this] { start_again(); });
  } catch (const std::system_error& error) {
    why = std::string("its process could not be started again: ") + error.what();
    return false;
  }
  starting_ = starter_works_ = true;
  return true;
}

void Keeper::start_again() {
  std::string fault;
  std::shared_ptr<Child> child, old;
  try {
    child = fresh(fault, kOpening);
  } catch (const std::exception& thrown) {
    fault = thrown.what();  // no memory is no reason to end the host
  }
  {
    const std::lock_guard lock(mutex_);
    if (!child_ || !child_->alive()) ++restarts_;
    start_fault_ = child ? "" : fault;
    if (!child) {
      not_before_ = std::chrono::steady_clock::now() + pause_after(++failures_ + 1);
    } else {
      old.swap(child_);
      child_ = std::move(child);
    }
    starting_ = false;
  }
  changed_.notify_all();
  old.reset();  // behind the lock: its end is waited for
  const std::lock_guard lock(mutex_);
  starter_works_ = false;
}

void Keeper::judge(const std::shared_ptr<Child>& child, const ChildReply& reply) {
  const bool well = reply.end == ChildReply::End::kAnswered && reply.status != DUGOUT_E_INTERNAL;
  std::shared_ptr<Child> old;
  const std::lock_guard lock(mutex_);
  if (well) {
    failures_ = 0;
    return;
  }
  if (child_ != child) return;  // another call has seen to it
  old.swap(child_);
  not_before_ = std::chrono::steady_clock::now() + pause_after(++failures_);
}

// --- Calls
// -----------------------------------------------------------------------------------------

// Of several calls that were under way one ended the child, nobody knows which. Each is made once
// more in a child of its own: those that are innocent get their answer.
// They stand in a row, for no longer than the limit, the start of the child included.
ChildReply Keeper::repeated(const Made& call, ChildReply&& first, milliseconds limit,
                            const std::atomic<bool>* cancelled) {
  const auto until = std::chrono::steady_clock::now() + limit;
  const auto given_up = [&] { return cancelled != nullptr && *cancelled; };
  {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, until, [&] { return !repeating_ || given_up(); });
    if (repeating_ || given_up()) return std::move(first);
    repeating_ = true;
  }
  struct Row {
    Keeper& keeper;
    ~Row() {
      {
        const std::lock_guard lock(keeper.mutex_);
        keeper.repeating_ = false;
      }
      keeper.changed_.notify_all();
    }
  };
  const Row row{*this};  // ends behind the child: before the next one begins
  std::string why;
  const auto left = until - std::chrono::steady_clock::now();
  const auto child = fresh(why, std::chrono::duration_cast<milliseconds>(left));
  ++restarts_;
  return child ? call(child) : std::move(first);
}

dugout_status Keeper::pure(ChildOp op, std::int32_t status,
                           const std::vector<std::string_view>& texts, milliseconds limit,
                           dugout_sink* first, dugout_sink* second) {
  std::string why;
  auto child = take(why, limit);
  if (!child) {
    first->put(first, sdk::text(error_text(plugin_ + ": " + why)));
    return DUGOUT_E_UNAVAILABLE;
  }
  const Made call = [&](const auto& at) { return at->call(op, status, texts, limit); };
  auto reply = call(child);
  judge(child, reply);
  child.reset();
  if (reply.end == ChildReply::End::kDied && !reply.alone) {
    reply = repeated(call, std::move(reply), limit);
  }
  if (reply.end == ChildReply::End::kAnswered) {
    first->put(first, sdk::text(reply.first));
    if (second != nullptr && reply.status == DUGOUT_OK)
      second->put(second, sdk::text(reply.second));
    return reply.status;
  }
  const auto fault = reply.end == ChildReply::End::kLate
                         ? "it did not answer within " + std::to_string(limit.count()) +
                               " ms, so its process was ended"
                         : reply.why;
  log_about(2, plugin_, fault);
  first->put(first, sdk::text(error_text(plugin_ + ": " + fault)));
  return DUGOUT_E_INTERNAL;
}

void Keeper::tool(ChildOp op, dugout_call* number, dugout_text args, dugout_text context) {
  ToolCall* mine = nullptr;
  {
    const std::lock_guard lock(mutex_);
    mine = &tools_[number];
  }
  std::string why;
  auto child = take(why, kOpening, &mine->cancelled);
  if (!child) {
    {
      const std::lock_guard lock(mutex_);
      tools_.erase(number);
    }
    return complete_call(number, DUGOUT_E_UNAVAILABLE, sdk::text(error_text(plugin_ + ": " + why)));
  }
  const Made call = [&](const auto& at) {
    {
      const std::lock_guard lock(mutex_);
      mine->child = at;
    }
    return at->tool(op, {number, &mine->cancelled, kCancelGrace},
                    {sdk::view(args), sdk::view(context)});
  };
  auto reply = call(child);
  judge(child, reply);
  child.reset();
  const bool may_repeat = !effects_ || op == ChildOp::kReconcile;
  if (reply.end == ChildReply::End::kDied && !reply.alone && may_repeat) {
    reply = repeated(call, std::move(reply), kOpening, &mine->cancelled);
  }
  {
    const std::lock_guard lock(mutex_);
    mine->child.swap(child);  // let go behind the lock
    tools_.erase(number);
  }
  child.reset();
  if (reply.end == ChildReply::End::kAnswered) {
    return complete_call(number, reply.status, sdk::text(reply.first));
  }
  const bool late = reply.end == ChildReply::End::kLate;
  const auto fault =
      late ? "it did not come back after its cancel, so its process was ended" : reply.why;
  log_about(2, plugin_, fault);
  // Its time-out was told to the turn, which counts it as nobody's fault; this is one.
  if (late && defect_) defect_();
  complete_call(number, late ? DUGOUT_E_TIMEOUT : DUGOUT_E_INTERNAL,
                sdk::text(error_text(plugin_ + ": " + fault)));
}

void Keeper::cancel(dugout_call* number) {
  std::shared_ptr<Child> child;
  {
    const std::lock_guard lock(mutex_);
    const auto found = tools_.find(number);
    if (found != tools_.end()) found->second.cancelled = true;
    child = found == tools_.end() ? child_ : found->second.child;
  }
  changed_.notify_all();  // it may wait for its child still
  if (child && !child->cancel(number)) child->cancel_unknown();
}

}  // namespace dugout::host

#include "chaos/virtual_time.hpp"

#include <algorithm>

namespace dugout::chaos {

struct VirtualTime::Actor {
  enum class Stage { kWaiting, kBegun, kDone };
  std::uint64_t id = 0;
  std::function<void()> task;
  Stage stage = Stage::kWaiting;
  bool goes_on = false;  // it is this one's turn
  Place place{};         // while it waits
  bool queued = false;
  std::vector<Actor*> behind;  // those who wait for its end
  std::condition_variable turn;
  std::thread thread;
};

namespace {
// The actor of this thread; null outside of actors.
thread_local void* current_actor = nullptr;
}  // namespace

class VirtualTime::Ticket final : public Pending {
 public:
  Ticket(VirtualTime& time, std::shared_ptr<Actor> actor) : time_(time), actor_(std::move(actor)) {}
  ~Ticket() override { call_off(); }
  bool call_off() override { return time_.call_off(actor_); }

 private:
  VirtualTime& time_;
  const std::shared_ptr<Actor> actor_;
};

VirtualTime::~VirtualTime() {
  for (auto& thread : ended_) thread.join();
}

core::MonoTime VirtualTime::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

core::WallTime VirtualTime::wall_now() const {
  const std::lock_guard lock(mutex_);
  return start_ + std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch());
}

bool VirtualTime::sleep(core::Duration pause, const core::CancelToken& cancel) {
  auto* actor = static_cast<Actor*>(current_actor);
  if (pause <= core::Duration::zero() || cancel.cancelled()) return !cancel.cancelled();
  if (actor == nullptr) {
    const std::lock_guard lock(mutex_);
    now_ += pause;
    return true;
  }
  // Who cancels is another actor that runs just now; the sleeper goes on at that very time.
  const core::CancelToken::Hook hook(cancel, [&] { wake(*actor); });
  std::unique_lock lock(mutex_);
  queue(*actor, now_ + pause);
  park(lock, *actor);
  lock.unlock();
  return !cancel.cancelled();
}

void VirtualTime::queue(Actor& actor, core::MonoTime when) {
  actor.place = {when, actor.id};
  actor.queued = true;
  waiting_.insert({actor.place, &actor});
}

void VirtualTime::wake(Actor& actor) {
  const std::lock_guard lock(mutex_);
  if (!actor.queued) return;
  waiting_.erase({actor.place, &actor});
  queue(actor, now_);
}

// Lets another one run, until it is this one's turn again.
void VirtualTime::park(std::unique_lock<std::mutex>& lock, Actor& actor) {
  hand_on();
  actor.turn.wait(lock, [&] { return actor.goes_on; });
  actor.goes_on = false;
}

void VirtualTime::hand_on() {
  if (waiting_.empty()) {
    running_ = false;
    over_.notify_all();
    return;
  }
  auto* next = waiting_.begin()->second;
  now_ = std::max(now_, waiting_.begin()->first.first);
  waiting_.erase(waiting_.begin());
  next->queued = false;
  if (next->stage == Actor::Stage::kWaiting) {
    next->stage = Actor::Stage::kBegun;
    const auto found = std::find_if(actors_.begin(), actors_.end(),
                                    [&](const auto& one) { return one.get() == next; });
    next->thread = std::thread([this, actor = *found] { body(actor); });
  } else {
    next->goes_on = true;
    next->turn.notify_one();
  }
}

void VirtualTime::body(const std::shared_ptr<Actor>& actor) {
  current_actor = actor.get();
  join_ended();
  std::exception_ptr thrown;
  try {
    actor->task();
  } catch (...) {
    thrown = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  if (thrown && !thrown_) thrown_ = thrown;
  actor->stage = Actor::Stage::kDone;
  for (auto* other : actor->behind) queue(*other, now_);
  ended_.push_back(std::move(actor->thread));
  std::erase(actors_, actor);
  hand_on();
}

// So that threads that are through do not pile up over a long run.
void VirtualTime::join_ended() {
  std::unique_lock lock(mutex_);
  auto ended = std::exchange(ended_, {});
  lock.unlock();
  for (auto& thread : ended) thread.join();
}

std::shared_ptr<VirtualTime::Actor> VirtualTime::add(core::Duration delay,
                                                     std::function<void()> task) {
  auto actor = std::make_shared<Actor>();
  actor->task = std::move(task);
  const std::lock_guard lock(mutex_);
  actor->id = next_id_++;
  actors_.push_back(actor);
  queue(*actor, now_ + std::max(delay, core::Duration::zero()));
  return actor;
}

std::unique_ptr<pipeline::Timer::Pending> VirtualTime::after(core::Duration delay,
                                                             std::function<void()> task) {
  return std::make_unique<Ticket>(*this, add(delay, std::move(task)));
}

void VirtualTime::spawn(core::Duration delay, std::function<void()> task) {
  add(delay, std::move(task));
}

bool VirtualTime::call_off(const std::shared_ptr<Actor>& actor) {
  std::unique_lock lock(mutex_);
  if (actor->stage == Actor::Stage::kWaiting) {
    if (actor->queued) waiting_.erase({actor->place, actor.get()});
    actor->queued = false;
    std::erase(actors_, actor);
    return false;
  }
  auto* self = static_cast<Actor*>(current_actor);
  if (actor->stage == Actor::Stage::kBegun && self != nullptr) {
    actor->behind.push_back(self);
    park(lock, *self);
  }
  return actor->stage == Actor::Stage::kDone;
}

void VirtualTime::run() {
  std::unique_lock lock(mutex_);
  running_ = true;
  hand_on();
  over_.wait(lock, [&] { return !running_; });
  lock.unlock();
  join_ended();
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

}  // namespace dugout::chaos

#include "chaos/parents.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

namespace dugout::chaos {
namespace {

constexpr auto kCode = "200-lions-u9-2526";  // of the shipped application; opens the registration
constexpr auto kQuestion = "When is training, please?";  // moves nothing
constexpr std::size_t kMostAtOnce = 256;                 // threads; who comes then has to wait

// Parents who talk at this moment, each in a thread; those who have left are let go of.
class Room {
 public:
  using Parent = std::function<Talk(int number)>;

  explicit Room(Parent parent) : parent_(std::move(parent)) {}

  void enter() {
    see_off(kMostAtOnce - 1);
    const auto number = entered_++;
    inside_.emplace(number, [this, number] {
      const auto talk = parent_(number);
      const std::lock_guard lock(mutex_);
      talks_.push_back(talk);
      leaving_.push_back(number);
      left_.notify_one();
    });
  }

  // After the last has left.
  std::vector<Talk> close() {
    see_off(0);
    return std::move(talks_);
  }

 private:
  // Until at most so many are inside.
  void see_off(std::size_t most) {
    std::unique_lock lock(mutex_);
    for (;;) {
      for (const auto number : std::exchange(leaving_, {})) {
        inside_.at(number).join();  // its last act was to say that it leaves
        inside_.erase(number);
      }
      if (inside_.size() <= most) return;
      left_.wait(lock, [this] { return !leaving_.empty(); });
    }
  }

  const Parent parent_;
  std::map<int, std::thread> inside_;  // of the caller's thread alone, as is the next
  int entered_ = 0;
  std::mutex mutex_;  // guards the two below
  std::condition_variable left_;
  std::vector<int> leaving_;
  std::vector<Talk> talks_;
};

}  // namespace

std::vector<core::Duration> arrivals(const Scenario& scenario, unsigned seed) {
  std::mt19937 engine(seed);
  std::exponential_distribution<double> gap(scenario.turns_per_second);
  std::vector<core::Duration> times;
  for (double at = gap(engine); at < scenario.lasts; at += gap(engine)) {
    times.push_back(duration_of(at));
  }
  return times;
}

Talk talk(orchestrator::Orchestrator& orchestrator, const core::Clock& clock,
          core::MonoTime started, int number) {
  orchestrator::ChatRequest request;
  request.session_id = "chaos-session-" + std::to_string(number);
  request.user_message = kCode;
  (void)orchestrator.chat(request);
  request.user_message = kQuestion;
  const auto began = clock.now();
  const auto reply = orchestrator.chat(request);
  Talk out;
  out.began = core::seconds(began - started);
  out.took = core::seconds(clock.now() - began);
  out.good = reply && !reply->target.empty();
  out.by_model = out.good && reply->target.find('/') != std::string::npos;
  return out;
}

std::vector<Talk> talk_live(const Scenario& scenario, unsigned seed,
                            orchestrator::Orchestrator& orchestrator, core::Clock& clock,
                            const core::CancelToken& stop) {
  const auto started = clock.now();
  Room room([&](int number) { return talk(orchestrator, clock, started, number); });
  for (const auto at : arrivals(scenario, seed)) {
    if (!clock.sleep(started + at - clock.now(), stop)) break;
    room.enter();
  }
  return room.close();
}

}  // namespace dugout::chaos

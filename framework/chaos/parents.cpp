#include "chaos/parents.hpp"

#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

namespace dugout::chaos {
namespace {

constexpr auto kCode = "200-lions-u9-2526";  // of the shipped application; opens the registration
constexpr auto kQuestion = "When is training, please?";  // moves nothing
constexpr int kMostAtOnce = 256;                         // threads; who comes then has to wait

// Counts who is inside, and lets a newcomer wait for a place.
class Room {
 public:
  void enter() {
    std::unique_lock lock(mutex_);
    left_.wait(lock, [this] { return inside_ < kMostAtOnce; });
    ++inside_;
  }
  void leave(Talk talk) {
    const std::lock_guard lock(mutex_);
    --inside_;
    talks_.push_back(talk);
    left_.notify_one();
  }
  std::vector<Talk> talks() {
    const std::lock_guard lock(mutex_);
    return std::move(talks_);
  }

 private:
  std::mutex mutex_;  // guards the two below
  std::condition_variable left_;
  int inside_ = 0;
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
  Room room;
  std::vector<std::thread> parents;
  for (const auto at : arrivals(scenario, seed)) {
    if (!clock.sleep(started + at - clock.now(), stop)) break;
    room.enter();
    const auto number = static_cast<int>(parents.size());
    parents.emplace_back(
        [&, number] { room.leave(talk(orchestrator, clock, started, number)); });
  }
  for (auto& parent : parents) parent.join();
  return room.talks();
}

}  // namespace dugout::chaos

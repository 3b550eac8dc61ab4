#include "orchestrator/takeover.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <system_error>

namespace dugout::orchestrator {
namespace {

using LogField = observability::Field;

std::int64_t number(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

}  // namespace

Takeover::Takeover(Orchestrator& orchestrator, core::Clock& clock, observability::Log& log,
                   TakeoverOptions options)
    : orchestrator_(orchestrator), clock_(clock), log_(log), options_(options) {}

void Takeover::prepare() {
  look(true);
}

void Takeover::start() {
  thread_ = std::thread([this] { loop(); });
}

void Takeover::stop() {
  stopping_.cancel();
  if (thread_.joinable()) thread_.join();
  const std::lock_guard lock(mutex_);
  waiting_.clear();
}

TakeoverCounts Takeover::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

// A store that cannot tell is looked at again in the next round.
void Takeover::look(bool put_off_too) {
  auto taken = orchestrator_.take_over(put_off_too);
  if (!taken || taken->empty()) return;
  log_.info("turns.taken_over", {{"count", number(taken->size())}});
  const std::lock_guard lock(mutex_);
  counts_.taken += taken->size();
  for (auto& turn : *taken) waiting_.push_back({std::move(turn), 0, clock_.now()});
}

void Takeover::loop() {
  do {
    work();
  } while (clock_.sleep(options_.every, stopping_) && !stopping_.cancelled());
}

void Takeover::work() {
  look(false);
  settle_effects();
  auto lanes = due_lanes();
  if (lanes.empty()) return;
  const auto begun = clock_.now();
  const auto before = counts();
  answer_all(std::move(lanes));
  const auto now = counts();
  log_.info("turns.recovered",
            {{"answered", number(now.answered - before.answered)},
             {"waiting_for_their_file", number(now.file_gone - before.file_gone)},
             {"passed", number(now.passed - before.passed)},
             {"put_off", number(now.put_off - before.put_off)},
             {"ms", core::seconds(clock_.now() - begun) * 1000.0}});
}

void Takeover::settle_effects() {
  if (settled_) return;
  const auto found = orchestrator_.settle_open_effects();
  if (!found) return;
  settled_ = true;
  if (found->settled + found->unknown == 0) return;
  log_.info("journal.settled",
            {{"settled", number(found->settled)}, {"unknown", number(found->unknown)}});
}

// What is due by sessions; a turn whose earlier one has to wait waits with it.
std::vector<Takeover::Lane> Takeover::due_lanes() {
  const std::lock_guard lock(mutex_);
  std::vector<Lane> lanes;
  std::map<std::string, std::size_t> places;
  std::deque<Open> later;
  std::map<std::string, bool> held;
  for (auto& open : waiting_) {
    const auto& session = open.turn.turn.session;
    if (held[session] || open.due > clock_.now()) {
      held[session] = true;
      later.push_back(std::move(open));
      continue;
    }
    const auto [found, fresh] = places.emplace(session, lanes.size());
    if (fresh) lanes.emplace_back();
    lanes[found->second].push_back(std::move(open));
  }
  waiting_ = std::move(later);
  return lanes;
}

void Takeover::answer_all(std::vector<Lane> lanes) {
  // What a second process ended at may end this one: alone, and after the rest, so that nothing
  // beside it is taken for the cause.
  const auto tried = std::stable_partition(lanes.begin(), lanes.end(), [](const Lane& lane) {
    return std::none_of(lane.begin(), lane.end(),
                        [](const Open& open) { return open.turn.turn.tries > 1; });
  });
  const auto several = static_cast<std::size_t>(std::distance(lanes.begin(), tried));
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (auto at = next++; at < several; at = next++) answer(std::move(lanes[at]));
  };
  std::vector<std::thread> others;
  try {
    const auto useful = static_cast<int>(std::min(several, std::size_t{1000}));
    for (int i = 1; i < std::min(options_.workers, useful); ++i) others.emplace_back(work);
  } catch (const std::system_error&) {
    // Fewer threads than asked for do the same, later.
  }
  work();
  for (auto& other : others) other.join();
  for (auto at = several; at < lanes.size(); ++at) answer(std::move(lanes[at]));
}

void Takeover::answer(Lane lane) {
  while (!lane.empty() && !stopping_.cancelled() && answer_one(lane.front())) lane.pop_front();
  if (lane.empty() || stopping_.cancelled()) return;
  // The rest of the session waits with its first, without keeping new messages waiting.
  const std::lock_guard lock(mutex_);
  for (auto& open : lane) {
    open.turn.place.reset();
    waiting_.push_back(std::move(open));
  }
}

// False: it has to be tried again.
bool Takeover::answer_one(Open& open) {
  Outcome<Resumed> resumed = Error{Code::kInternal, ""};
  try {
    resumed = orchestrator_.resume(open.turn);
  } catch (const std::exception& thrown) {
    resumed = Error{Code::kInternal, thrown.what()};
  }
  {
    const std::lock_guard lock(mutex_);
    if (!resumed) {
      ++counts_.put_off;
    } else {
      ++(*resumed == Resumed::kAnswered   ? counts_.answered
         : *resumed == Resumed::kFileGone ? counts_.file_gone
                                          : counts_.passed);
    }
  }
  if (resumed) return true;
  if (++open.tries < options_.tries) {
    open.due = clock_.now() + options_.wait * (1 << std::min(open.tries - 1, 5));
    return false;
  }
  log_.warning("turns.left", {LogField::id("turn", open.turn.turn.id), {"tries", open.tries}});
  return true;
}

}  // namespace dugout::orchestrator

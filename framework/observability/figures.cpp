#include "observability/figures.hpp"

#include <algorithm>

namespace dugout::observability {

Figures::Figures(KnownNames names, const core::Clock& clock)
    : clock_(clock),
      names_(std::make_shared<const KnownNames>(std::move(names))),
      window_([this] { return Tally(*names_); }) {}

std::shared_ptr<const KnownNames> Figures::names() const {
  const std::lock_guard lock(mutex_);
  return names_;
}

void Figures::learn(const KnownNames& more) {
  const std::lock_guard lock(mutex_);
  const auto all = std::make_shared<const KnownNames>(names_->with(more));
  if (*all == *names_) return;
  window_.change([&](const Tally& tally) { return tally.renamed(*names_, *all); });
  names_ = all;
}

void Figures::turn_ended(const TurnReport& report) noexcept {
  try {
    const auto now = clock_.now();
    sessions_.seen(report.session, Window<Tally>::minute_of(now));
    const std::lock_guard lock(mutex_);
    window_.at(now).add(report, *names_);
    window_.use();
  } catch (const std::bad_alloc&) {
    // A turn that is not counted is better than one that fails.
  }
}

std::uint64_t Figures::active_sessions() const {
  return sessions_.since(Window<Tally>::minute_of(clock_.now()) - Window<Tally>::kMinutes + 1);
}

FigureSnapshot Figures::snapshot() const {
  const auto now = clock_.now();
  std::unique_lock lock(mutex_);
  FigureSnapshot out{names_, window_.minutes(now), Tally(*names_), 0, {}};
  lock.unlock();
  out.active_sessions = active_sessions();
  out.into_minute = now.time_since_epoch() % std::chrono::minutes(1);
  for (const auto& minute : out.minutes) {
    if (minute != nullptr) out.hour.merge(*minute);
  }
  return out;
}

std::vector<ErrorShare> top_errors(const Tally& tally, const KnownNames& names, std::size_t most) {
  const auto outcomes = names.outcomes.size();
  std::vector<ErrorShare> found;
  std::uint64_t failures = 0;
  for (std::size_t at = 0; at < outcomes; ++at) {
    if (!is_failure(names.outcomes.all()[at])) continue;
    ErrorShare error{names.outcomes.all()[at], 0, 0.0};
    for (auto cell = at; cell < tally.attempts.size(); cell += outcomes) {
      error.count += tally.attempts[cell];
    }
    failures += error.count;
    if (error.count > 0) found.push_back(std::move(error));
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.count > b.count; });
  if (found.size() > most) found.resize(most);
  for (auto& error : found) {
    error.share = static_cast<double>(error.count) / static_cast<double>(failures);
  }
  return found;
}

}  // namespace dugout::observability

#include "choice.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "training.hpp"

namespace tuner_learned {
namespace {

constexpr double kRareClass = 0.005;  // a share below it is left out
constexpr std::array<double, 4> kFactors = {0.5, 1.0, 1.5, 2.0};
constexpr std::array<double, 3> kMultipliers = {1.5, 2.0, 3.0};
constexpr double kNothing = 1e-9;

std::size_t part_of_day(const Facts& facts) {
  return static_cast<std::size_t>(facts.hour * kDayParts / 24);
}

// The waits of the host, without jitter: they add up to at most max_total_delay, and the one that
// is cut to what is left is the last.
std::vector<double> waits_of(int retries, double base_delay, double multiplier, double most) {
  std::vector<double> waits;
  double used = 0.0;
  for (int retry = 0; retry < retries; ++retry) {
    const double whole = base_delay * std::pow(multiplier, retry);
    const double left = most - used;
    if (whole > 0.0 && left <= kNothing) break;
    waits.push_back(std::min(whole, left));
    used += waits.back();
    if (waits.back() < whole) break;
  }
  return waits;
}

}  // namespace

Prospect::Prospect(const Model& model, Facts facts, Limits limits)
    : model_(model), facts_(std::move(facts)), limits_(limits), features_(model.call_types) {
  const auto values = features_.of_call(facts_);
  call_score_ = std::inner_product(values.begin(), values.end(), model_.weights.begin(), 0.0);
  const auto own = model_.seconds.find(facts_.call_type);
  good_seconds_ = own != model_.seconds.end() ? own->second : model_.seconds.at("*");
}

double Prospect::p(const Try& one) const {
  const auto values = features_.of_try(facts_, one);
  const auto step = model_.weights.end() - static_cast<std::ptrdiff_t>(values.size());
  return chance(std::inner_product(values.begin(), values.end(), step, call_score_));
}

// From a failure on, what each number of retries adds. A call that fails again is taken to fail in
// the same way.
std::vector<Outlook> Prospect::after(Standing standing, const std::vector<double>& waits) const {
  const double failed = model_.failed_seconds[static_cast<std::size_t>(standing.after)];
  std::vector<Outlook> outlooks{{}};
  double share = 1.0;
  for (std::size_t retry = 0; retry < waits.size(); ++retry) {
    auto outlook = outlooks.back();
    if (static_cast<int>(retry) + 2 >= standing.attempt) {
      const double waited = waits[retry] * (1.0 - limits_.jitter / 2.0);
      const double good = p({static_cast<int>(retry) + 2, standing.after, waited});
      outlook.seconds += share * (waited + good * good_seconds_ + (1.0 - good) * failed);
      outlook.attempts += share;
      outlook.success += share * good;
      share *= 1.0 - good;
    }
    outlooks.push_back(outlook);
  }
  return outlooks;
}

// The first attempt on its own, with the failures that the time of day makes likely.
Outlook Prospect::first() const {
  const double good = p({});
  Outlook outlook{good, good * good_seconds_, 1.0, 0.0};
  const auto& shares = model_.shares[part_of_day(facts_)];
  for (std::size_t cls = 0; cls < shares.size(); ++cls) {
    outlook.seconds += (1.0 - good) * shares[cls] * model_.failed_seconds[cls];
  }
  return outlook;
}

std::vector<Outlook> Prospect::along(int most_retries, double base_delay, double multiplier,
                                     const Standing& standing) const {
  const auto waits = waits_of(most_retries, base_delay, multiplier, limits_.max_total_delay);
  std::vector<Outlook> outlooks;
  if (standing.attempt > 1) {
    outlooks = after(standing, waits);
  } else {
    const auto start = first();
    outlooks.assign(waits.size() + 1, start);
    const auto& shares = model_.shares[part_of_day(facts_)];
    for (std::size_t cls = 0; cls < shares.size(); ++cls) {
      if (shares[cls] < kRareClass) continue;
      const auto more = after({2, static_cast<int>(cls)}, waits);
      const double share = (1.0 - start.success) * shares[cls];
      for (std::size_t at = 0; at < more.size(); ++at) {
        outlooks[at].success += share * more[at].success;
        outlooks[at].seconds += share * more[at].seconds;
        outlooks[at].attempts += share * more[at].attempts;
      }
    }
  }
  // Where the waits are used up, further retries bring nothing.
  outlooks.resize(static_cast<std::size_t>(most_retries) + 1, outlooks.back());
  for (auto& outlook : outlooks) outlook.cost = outlook.attempts * model_.cost;
  return outlooks;
}

double utility(const Outlook& outlook, const Worth& worth) {
  return worth.success * outlook.success - outlook.seconds - worth.attempt * outlook.attempts -
         worth.money * outlook.cost;
}

Choice best(const Prospect& prospect, const Options& now, const Bounds& bounds, const Worth& worth,
            const Standing& standing) {
  const auto as_it_is = prospect.with(now, standing);
  Choice choice{now, as_it_is, as_it_is};
  double most = utility(as_it_is, worth) + worth.least_gain;
  for (const double factor : kFactors) {
    for (const double wanted : kMultipliers) {
      const double base_delay =
          std::clamp(now.base_delay * factor, bounds.base_delay_least, bounds.base_delay_most);
      const double multiplier = std::clamp(wanted, bounds.multiplier_least, bounds.multiplier_most);
      const auto outlooks = prospect.along(bounds.retries_most, base_delay, multiplier, standing);
      for (int retries = bounds.retries_least; retries <= bounds.retries_most; ++retries) {
        const auto& outlook = outlooks[static_cast<std::size_t>(retries)];
        const double value = utility(outlook, worth);
        if (!(value > most)) continue;
        most = value;
        choice.options = {retries, base_delay, multiplier};
        choice.expected = outlook;
      }
    }
  }
  return choice;
}

}  // namespace tuner_learned

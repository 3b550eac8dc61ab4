#include "attempts/summary.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json.hpp"

namespace dugout::attempts {
namespace {

using core::Json;

double ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

// Two that were asked at the same time: neither its wait nor its time came on top.
bool beside(const Attempt& attempt) {
  return attempt.hedge || attempt.called_back();
}

void count(const Attempt& attempt, TargetFigures& out) {
  if (attempt.from_memory()) {
    ++out.from_memory;
    return;
  }
  ++out.attempts;
  if (attempt.good()) ++out.good;
  if (attempt.called_back()) ++out.called_back;
  if (attempt.number == 1) {
    ++out.first;
    if (attempt.good()) ++out.first_good;
  }
  out.tokens += attempt.tokens();
  out.cost += attempt.cost;
  if (!attempt.good()) {
    out.wasted_tokens += attempt.tokens();
    out.wasted_cost += attempt.cost;
  }
  if (beside(attempt)) return;
  if (attempt.waited_ms > 0.0) out.waits_ms.push_back(attempt.waited_ms);
  out.added_ms += attempt.waited_ms + (attempt.good() ? 0.0 : attempt.took_ms);
}

Json target_json(const TargetFigures& figures) {
  return {{"attempts", figures.attempts},
          {"good", figures.good},
          {"called_back", figures.called_back},
          {"from_memory", figures.from_memory},
          {"calls", figures.calls},
          {"success_rate", figures.success_rate()},
          {"first_try_rate", figures.first_try_rate()},
          {"tokens", figures.tokens},
          {"wasted_tokens", figures.wasted_tokens},
          {"cost", figures.cost},
          {"wasted_cost", figures.wasted_cost},
          {"waits", figures.waits_ms.size()},
          {"wait_p50_ms", percentile(figures.waits_ms, 0.50)},
          {"wait_p95_ms", percentile(figures.waits_ms, 0.95)},
          {"added_per_call_ms", figures.added_per_call_ms()}};
}

Json class_json(const ClassFigures& figures) {
  return {{"attempts", figures.attempts},
          {"calls", figures.calls},
          {"recovered", figures.recovered},
          {"recovered_rate", ratio(figures.recovered, figures.calls)},
          {"wasted_tokens", figures.wasted_tokens},
          {"wasted_cost", figures.wasted_cost},
          {"mean_took_ms",
           figures.attempts == 0 ? 0.0 : figures.took_ms / static_cast<double>(figures.attempts)}};
}

}  // namespace

double TargetFigures::success_rate() const {
  return ratio(good, attempts - called_back);
}

double TargetFigures::first_try_rate() const {
  return ratio(first_good, first);
}

double TargetFigures::added_per_call_ms() const {
  return calls == 0 ? 0.0 : added_ms / static_cast<double>(calls);
}

double percentile(std::vector<double> values, double part) {
  if (values.empty()) return 0.0;
  const auto rank = std::ceil(part * static_cast<double>(values.size()));
  const auto at = std::clamp<std::size_t>(static_cast<std::size_t>(rank), 1, values.size()) - 1;
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(at);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

void Summary::add(const Attempt& attempt) {
  const bool same =
      !call_.empty() && call_.front().turn == attempt.turn && call_.front().call == attempt.call;
  if (!same) end_call();
  turns_.insert(std::hash<std::string>{}(attempt.turn));
  call_.push_back(attempt);
}

void Summary::finish() {
  end_call();
}

void Summary::end_call() {
  if (call_.empty()) return;
  std::set<std::string> asked, failures;
  bool well = false;
  for (const auto& attempt : call_) {
    count(attempt, all_);
    count(attempt, targets_[attempt.target]);
    if (!attempt.from_memory()) asked.insert(attempt.target);
    well = well || attempt.good();
    if (attempt.good() || attempt.called_back() || attempt.not_asked()) continue;
    failures.insert(attempt.outcome);
    auto& figures = classes_[attempt.outcome];
    ++figures.attempts;
    figures.wasted_tokens += attempt.tokens();
    figures.wasted_cost += attempt.cost;
    figures.took_ms += attempt.took_ms;
  }
  if (!asked.empty()) ++all_.calls;
  for (const auto& target : asked) ++targets_[target].calls;
  for (const auto& name : failures) {
    ++classes_[name].calls;
    if (well) ++classes_[name].recovered;
  }
  call_.clear();
}

std::string Summary::json() const {
  Json targets = Json::object(), classes = Json::object();
  for (const auto& [name, figures] : targets_) targets[name] = target_json(figures);
  for (const auto& [name, figures] : classes_) classes[name] = class_json(figures);
  return core::canonical(Json{
      {"turns", turns()}, {"all", target_json(all_)}, {"targets", targets}, {"classes", classes}});
}

}  // namespace dugout::attempts

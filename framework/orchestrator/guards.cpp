#include "orchestrator/guards.hpp"

#include "pipeline/guarded.hpp"

namespace dugout::orchestrator {
namespace {

// Each waits for one slow second target; more slow ones at a time are hardly worth a thread.
constexpr int kHedgeThreads = 16;

const char* name_of(pipeline::Breaker::State state) {
  switch (state) {
    case pipeline::Breaker::State::kOpen:
      return "open";
    case pipeline::Breaker::State::kHalfOpen:
      return "half_open";
    case pipeline::Breaker::State::kClosed:
      break;
  }
  return "closed";
}

}  // namespace

Guards::Guards(const ResilienceOptions& options, const Parts& parts)
    : options_(options),
      clock_(parts.clock),
      retry_budget_(options.retry_budget),
      cache_(options.cache, parts.clock),
      recent_(options.adaptive.window),
      own_timer_(parts.timer == nullptr ? pipeline::make_timer(kHedgeThreads) : nullptr),
      timer_(parts.timer == nullptr ? own_timer_.get() : parts.timer) {}

std::unique_ptr<pipeline::Model> Guards::guarded(std::unique_ptr<pipeline::Model> model) {
  const std::string target(model->name());
  const std::lock_guard lock(mutex_);
  auto& breaker = breakers_[target];
  if (breaker == nullptr) {
    breaker = std::make_unique<pipeline::Breaker>(options_.breaker, clock_);
  }
  auto& bulkhead = bulkheads_[target.substr(0, target.find('/'))];
  if (bulkhead == nullptr) {
    bulkhead = std::make_unique<pipeline::Bulkhead>(options_.bulkhead, clock_);
  }
  return std::make_unique<pipeline::GuardedModel>(std::move(model), *breaker, *bulkhead, clock_);
}

void Guards::equip(pipeline::CallPlan& plan, const std::string& scope, bool cached) {
  plan.retry_budget = &retry_budget_;
  if (!options_.prices.empty()) plan.prices = &options_.prices;
  if (options_.hedge_after > core::Duration::zero()) {
    plan.hedge = {options_.hedge_after, timer_};
  }
  if (!cached) return;
  plan.cache = &cache_;
  plan.cache_scope = options_.tenant + "/" + scope;
}

bool Guards::fit(const ResilienceOptions& options) const {
  const auto& own = options_;
  return own.breaker == options.breaker && own.bulkhead == options.bulkhead &&
         own.retry_budget == options.retry_budget && own.cache == options.cache &&
         own.hedge_after == options.hedge_after && own.adaptive.window == options.adaptive.window &&
         own.prices == options.prices && own.tenant == options.tenant;
}

GuardStates Guards::states() const {
  GuardStates out;
  const std::lock_guard lock(mutex_);
  for (const auto& [target, breaker] : breakers_) {
    out.targets.push_back(
        {target, name_of(breaker->state()), core::seconds(breaker->retry_in()), breaker->opened()});
  }
  for (const auto& [provider, bulkhead] : bulkheads_) {
    out.under_way.emplace_back(provider, bulkhead->inside());
  }
  out.retry_tokens = retry_budget_.left();
  const auto counts = cache_.counts();
  out.cache = {counts.hits, counts.misses, counts.shared, counts.entries, counts.bytes};
  return out;
}

}  // namespace dugout::orchestrator

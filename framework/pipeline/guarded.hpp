// A target behind its breaker and its provider's bulkhead. What the planner sees is a model that
// says when it may be asked, and that answers "not asked" when it may not. [any]
#pragma once

#include <memory>
#include <utility>

#include "pipeline/breaker.hpp"
#include "pipeline/bulkhead.hpp"
#include "pipeline/call.hpp"

namespace dugout::pipeline {

// What an outcome says about the target itself; nullopt = nothing, such as a request that was
// wrong, or a key that has no money left.
std::optional<Breaker::Result> verdict_on_target(const Attempted<Answer>& outcome);

class GuardedModel final : public Model {
 public:
  // REQUIRES: breaker, bulkhead and clock outlive it.
  GuardedModel(std::unique_ptr<Model> inner, Breaker& breaker, Bulkhead& bulkhead,
               core::Clock& clock)
      : inner_(std::move(inner)), breaker_(breaker), bulkhead_(bulkhead), clock_(clock) {}

  std::string_view name() const override { return inner_->name(); }
  bool local() const override { return inner_->local(); }
  core::Duration ready_in() const override { return breaker_.retry_in(); }
  bool next_key(const std::vector<int>& failed) override { return inner_->next_key(failed); }
  Attempted<Answer> ask(const Request& request, core::Duration within,
                        const core::CancelToken& cancel) override;

 private:
  const std::unique_ptr<Model> inner_;
  Breaker& breaker_;
  Bulkhead& bulkhead_;
  core::Clock& clock_;
};

}  // namespace dugout::pipeline

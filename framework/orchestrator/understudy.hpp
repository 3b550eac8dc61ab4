// The built-in deterministic model: it answers from the routine's YAML alone, so a registration can
// be completed with every provider down. It proposes what the user's text says by itself and speaks
// the verdict's own words; its answer goes through parsers and judge like any other.
#pragma once

#include "orchestrator/decision.hpp"
#include "pipeline/call.hpp"

namespace dugout::orchestrator {

inline constexpr auto kUnderstudy = "understudy";

class Understudy final : public pipeline::Model {
 public:
  // `earlier`: what a model has proposed in this turn, through its tools.
  Understudy(Decider& decider, const Proposals& earlier) : decider_(decider), earlier_(earlier) {}

  std::string_view name() const override { return kUnderstudy; }
  bool local() const override { return true; }
  pipeline::Attempted<pipeline::Answer> ask(const pipeline::Request& request, core::Duration within,
                                            const core::CancelToken& cancel) override;

 private:
  Decider& decider_;
  const Proposals& earlier_;
};

}  // namespace dugout::orchestrator

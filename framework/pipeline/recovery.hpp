// What follows a failed attempt: the class table, the advice of the recovery strategies, and what
// attempts, waits and time are left decide it together. One thread, one call.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "pipeline/call.hpp"
#include "pipeline/request_changes.hpp"
#include "pipeline/waits.hpp"

namespace dugout::pipeline {

// Everything that changes while a call is under way.
struct CallState {
  CallState(const CallPlan& plan_in, Request request_in, Budget& budget_in)
      : plan(plan_in), budget(budget_in), request(std::move(request_in)), waits(plan_in.retry) {}

  const CallPlan& plan;
  Budget& budget;
  Request request;
  Waits waits;
  Note note;
  std::size_t target = 0;   // place in plan.targets of the remote target in use
  int attempts = 0;         // remote ones made
  bool last = false;        // the attempt in progress follows a wait that was cut
  bool simplified = false;  // once per call
  bool raised = false;      // the output limit, once per call
  bool opened = false;      // it has waited for a breaker once
  int rejected = 0;         // answers the judge refused
  std::array<int, kFailureClasses> seen{};
  std::map<std::size_t, std::vector<int>> failed_keys;  // by target
};

struct Step {
  enum class Go { kSameTarget, kNextTarget, kLastResort };
  Go go = Go::kLastResort;
  core::Duration wait{0};
  bool bars = false;  // of kNextTarget: the one that failed is not asked again in this call
  std::string advisor = "table";
  std::string action;  // of AttemptRecord
  std::string why;
};

// The next remote target from place `from` on; nullopt when there is none.
std::optional<std::size_t> remote_from(const CallPlan& plan, std::size_t from);
bool has_local(const CallPlan& plan);
// The same, of those that may be asked now.
std::optional<std::size_t> ready_from(const CallPlan& plan, std::size_t from);
// True when the turn has no tokens or no money left.
bool spent(const Budget& budget);

// Decides, and changes `state.request` as the step needs it.
Step next_step(CallState& state, const Failure& failure, const core::Clock& clock,
               core::Random& random);

}  // namespace dugout::pipeline

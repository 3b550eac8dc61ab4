// A turn that was accepted and never answered, since its process ended or nobody could answer it.
// Plain data.
#pragma once

#include <cstddef>
#include <memory>

#include "store/store.hpp"

namespace dugout::orchestrator {

struct OpenTurn {
  store::AcceptedTurn turn;
  std::shared_ptr<void> place = {};  // in its session's lane; null = joins it when it is resumed
};

enum class Resumed {
  kAnswered,
  kFileGone,  // its upload went with the process that took it: the client's repeat brings it again
  kPassed,    // answered meanwhile, or its session went on without it
};

// Effects without a known end.
struct OpenEffects {
  std::size_t settled = 0, unknown = 0;
};

}  // namespace dugout::orchestrator

// What a turn is busy with, for whoever waits for its reply. Called on the turn's own thread; must
// be quick. [worker]
#pragma once

#include <functional>
#include <string>

namespace dugout::orchestrator {

struct Progress {
  // "thinking": a model is asked; "waiting": before it is asked again; "tool": a tool runs;
  // "checking": an answer is read.
  std::string kind;
  std::string tool;  // of "tool", its name
};

using ProgressListener = std::function<void(const Progress&)>;

}  // namespace dugout::orchestrator

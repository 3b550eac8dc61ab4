// A server over an open product, from its start to the signal that stops it: for `serve`, and for
// `chaos --live`.
#pragma once

#include <csignal>
#include <functional>

#include "cli/app.hpp"
#include "cli/watchers.hpp"

namespace dugout::cli {

// SIGTERM, SIGINT and SIGHUP are taken by wait() alone. REQUIRES: made before any thread, which
// inherit it.
class StopSignals {
 public:
  StopSignals();
  // The stop signal that came; each SIGHUP before it calls `renew`. A second stop signal ends the
  // program at once, whoever is still talking.
  int wait(const std::function<void()>& renew) const;

 private:
  sigset_t signals_;
};

// Beside the server, from its start on; to return soon after `stop`.
using Meanwhile = std::function<void(const core::CancelToken& stop)>;

// Serves until a stop signal; turns in flight and jobs that run end first. The exit code.
// `reloads`: what the set was read with, to read it again; nullptr = its files may not change.
int serve_until_stopped(Set& set, Watchers& watchers, App& app, const StopSignals& signals,
                        const AppOptions* reloads, const Meanwhile& meanwhile = {});

}  // namespace dugout::cli

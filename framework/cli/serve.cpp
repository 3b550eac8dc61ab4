// `dugout serve`: the HTTP server and the jobs until SIGTERM or SIGINT; turns in flight and jobs
// that run end first.
#include <iostream>

#include "cli/commands.hpp"
#include "cli/serving.hpp"

namespace dugout::cli {

int serve(const AppOptions& options) {
  const StopSignals signals;
  core::Findings findings;
  Set set(options, findings);
  if (report(findings)) return kFindings;
  Watchers watchers(set);
  Stand stand;
  stand.telemetry = &watchers.telemetry();
  auto app = App::open(set, options, findings, std::move(stand));
  if (report(findings)) return kFindings;
  if (!app) {
    std::cerr << app.error().message << "\n";
    return kEnvironment;
  }
  return serve_until_stopped(set, watchers, **app, signals, &options);
}

}  // namespace dugout::cli

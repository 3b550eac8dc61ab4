// `dugout serve`: the HTTP server and the jobs until SIGTERM or SIGINT; turns in flight and jobs
// that run end first.
#include <pthread.h>
#include <sys/resource.h>

#include <csignal>
#include <iostream>

#include "cli/attempt_log.hpp"
#include "cli/commands.hpp"
#include "http/server.hpp"
#include "http/upload_files.hpp"

namespace dugout::cli {
namespace {

// Each turn in flight may hold two sockets, and the store needs a few.
constexpr rlim_t kSpareFiles = 64;

// Signals are taken by sigwait alone; every thread that is started later inherits the mask.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

// The soft limit is often 1024; take what the system allows, and say so when it is not enough.
void raise_file_limit(int turns, observability::Log& log) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const auto needed = static_cast<rlim_t>(turns) * 2 + kSpareFiles;
  if (limit.rlim_cur < needed) {
    log.warning("serve.few_files", {{"limit", static_cast<std::int64_t>(limit.rlim_cur)},
                                    {"needed", static_cast<std::int64_t>(needed)}});
  }
}

http::ServerOptions server_options(const config::Settings& settings) {
  http::ServerOptions options;
  options.host = settings.listen_host;
  options.port = settings.listen_port;
  options.body_bytes = settings.limits.body_bytes;
  options.upload_bytes = settings.limits.upload_bytes;
  options.turns_in_flight = settings.limits.turns_in_flight;
  options.batch_calls = settings.limits.batch_calls;
  options.batch_bytes = settings.limits.batch_bytes;
  options.batch_concurrency = settings.limits.batch_concurrency;
  options.keep_alive = std::chrono::seconds(static_cast<long>(settings.limits.keep_alive));
  options.upload_folder = settings.data + "/uploads";
  options.public_url = settings.public_url;
  options.version = DUGOUT_VERSION;
  options.admin_token = settings.admin_token.reveal();
  return options;
}

}  // namespace

int serve(const AppOptions& options) {
  const auto signals = block_stop_signals();
  core::Findings findings;
  Set set(options, findings);
  if (report(findings)) return kFindings;
  auto app = App::open(set, options, findings);
  if (report(findings)) return kFindings;
  if (!app) {
    std::cerr << app.error().message << "\n";
    return kEnvironment;
  }
  http::sweep_uploads(set.settings().data + "/uploads", (*app)->jobs());
  raise_file_limit(set.settings().limits.turns_in_flight, set.log());
  auto chosen = server_options(set.settings());
  chosen.explain = [&set](const std::string& turn) { return explain_turn(set.store(), turn); };
  auto server = http::make_server((*app)->orchestrator(), (*app)->jobs(), set.clock(), set.log(),
                                  std::move(chosen));
  if (const auto started = server->start(); !started) {
    std::cerr << started.error().message << "\n";
    return kEnvironment;
  }
  std::cout << "listening on http://" << set.settings().listen_host << ":" << server->port()
            << std::endl;
  (*app)->jobs().start();
  int signal = 0;
  sigwait(&signals, &signal);
  // A second signal ends the program at once, whoever is still talking.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  set.log().info("serve.stopping",
                 {observability::Field::safe("signal", signal == SIGTERM ? "SIGTERM" : "SIGINT")});
  server->stop();
  (*app)->jobs().stop();  // after the last request that could make one
  set.log().info("serve.stopped", {});
  return kGood;
}

}  // namespace dugout::cli

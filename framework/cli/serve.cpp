// `dugout serve`: the HTTP server until SIGTERM or SIGINT; turns in flight end first.
#include <pthread.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <iostream>

#include "cli/commands.hpp"
#include "http/server.hpp"

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

// Files of turns that a crash has cut off; who repeats the message sends its file again.
void sweep_uploads(const std::string& folder) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().filename().string().rfind("upload_", 0) == 0) {
      std::filesystem::remove(entry.path(), error);
    }
  }
}

http::ServerOptions server_options(const config::Settings& settings) {
  http::ServerOptions options;
  options.host = settings.listen_host;
  options.port = settings.listen_port;
  options.body_bytes = settings.limits.body_bytes;
  options.upload_bytes = settings.limits.upload_bytes;
  options.turns_in_flight = settings.limits.turns_in_flight;
  options.keep_alive = std::chrono::seconds(static_cast<long>(settings.limits.keep_alive));
  options.upload_folder = settings.data + "/uploads";
  options.version = DUGOUT_VERSION;
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
  sweep_uploads(set.settings().data + "/uploads");
  raise_file_limit(set.settings().limits.turns_in_flight, set.log());
  auto server = http::make_server((*app)->orchestrator(), set.clock(), set.log(),
                                  server_options(set.settings()));
  if (const auto started = server->start(); !started) {
    std::cerr << started.error().message << "\n";
    return kEnvironment;
  }
  std::cout << "listening on http://" << set.settings().listen_host << ":" << server->port()
            << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  // A second signal ends the program at once, whoever is still talking.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  set.log().info("serve.stopping",
                 {observability::Field::safe("signal", signal == SIGTERM ? "SIGTERM" : "SIGINT")});
  server->stop();
  set.log().info("serve.stopped", {});
  return kGood;
}

}  // namespace dugout::cli

#include "cli/serving.hpp"

#include <pthread.h>
#include <sys/resource.h>

#include <iostream>
#include <thread>

#include "cli/attempt_log.hpp"
#include "http/server.hpp"
#include "http/upload_files.hpp"

namespace dugout::cli {
namespace {

// Each turn in flight may hold two sockets, and the store needs a few.
constexpr rlim_t kSpareFiles = 64;

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

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of its write
}

int StopSignals::wait() const {
  int signal = 0;
  sigwait(&signals_, &signal);
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
  return signal;
}

int serve_until_stopped(Set& set, Watchers& watchers, App& app, const StopSignals& signals,
                        const Meanwhile& meanwhile) {
  http::sweep_uploads(set.settings().data + "/uploads", app.jobs());
  raise_file_limit(set.settings().limits.turns_in_flight, set.log());
  app.takeover().prepare();  // before the first message, which has to wait behind
  auto chosen = server_options(set.settings());
  watchers.watch(app, chosen);
  chosen.store = &set.store();
  chosen.check = [&set] { return set.check_application(); };
  chosen.explain = [&set](const std::string& turn) { return explain_turn(set.store(), turn); };
  auto server =
      http::make_server(app.orchestrator(), app.jobs(), set.clock(), set.log(), std::move(chosen));
  if (const auto started = server->start(); !started) {
    std::cerr << started.error().message << "\n";
    return kEnvironment;
  }
  std::cout << "listening on http://" << set.settings().listen_host << ":" << server->port()
            << std::endl;
  watchers.start();
  app.jobs().start();
  app.takeover().start();
  const core::CancelToken stop;
  std::thread beside;
  if (meanwhile) beside = std::thread([&] { meanwhile(stop); });
  const auto signal = signals.wait();
  set.log().info("serve.stopping",
                 {observability::Field::safe("signal", signal == SIGTERM ? "SIGTERM" : "SIGINT")});
  stop.cancel();
  if (beside.joinable()) beside.join();
  app.takeover().stop();
  server->stop();
  app.jobs().stop();  // after the last request that could make one
  watchers.stop();
  set.log().info("serve.stopped", {});
  return kGood;
}

}  // namespace dugout::cli

#include "cli/serving.hpp"

#include <pthread.h>
#include <sys/resource.h>

#include <iostream>
#include <thread>

#include "cli/access.hpp"
#include "cli/attempt_log.hpp"
#include "cli/client_options.hpp"
#include "cli/reloader.hpp"
#include "cli/serving_file.hpp"
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
  options.queued = settings.limits.queued;
  options.keep_alive = std::chrono::seconds(static_cast<long>(settings.limits.keep_alive));
  options.upload_folder = settings.data + "/uploads";
  options.public_url = settings.public_url;
  options.version = DUGOUT_VERSION;
  options.admin_token = settings.admin_token.reveal();
  options.access = access_options(settings);
  set_clients(settings, options);
  return options;
}

std::unique_ptr<Reloader> offer_reload(Set& set, App& app, const AppOptions& options,
                                       Watchers& watchers, http::ServerOptions& server) {
  const auto told = [&set, &watchers](const ReloadReport& report) {
    watchers.learn();
    // Whoever waits for it must find it, though another reload comes right after.
    if (report.why == "signal") {
      const auto path = ServingFile::report_path(set.settings().data);
      (void)core::replace_private(path, report.json() + "\n");
    }
    // One that an operator asked for over HTTP is noted there, with the name.
    if (report.why != "admin") {
      tell_audit(set, "server", "reload", report.why, name_of(report.outcome));
    }
  };
  auto reloader = std::make_unique<Reloader>(set, app, options, told);
  auto* made = reloader.get();
  server.reload = [made] {
    const auto report = made->reload("admin");
    const bool published = report.outcome == ReloadReport::Outcome::kPublished;
    return http::ReloadAnswer{report.good(), published, report.json()};
  };
  server.last_reload = [made] {
    const auto last = made->last();
    return last ? last->json() : std::string(R"({"outcome":"none"})");
  };
  watchers.reloads([made] {
    const auto counts = made->counts();
    return observability::Standing::Reloads{counts.published, counts.refused, counts.rolled_back,
                                            counts.last_refused};
  });
  return reloader;
}

}  // namespace

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of its write
}

int StopSignals::wait(const std::function<void()>& renew) const {
  int signal = SIGHUP;
  while (signal == SIGHUP) {
    sigwait(&signals_, &signal);
    if (signal == SIGHUP) renew();
  }
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
  return signal;
}

int serve_until_stopped(Set& set, Watchers& watchers, App& app, const StopSignals& signals,
                        const AppOptions* reloads, const Meanwhile& meanwhile) {
  http::sweep_uploads(set.settings().data + "/uploads", app.jobs());
  raise_file_limit(set.settings().limits.turns_in_flight, set.log());
  app.takeover().prepare();  // before the first message, which has to wait behind
  auto chosen = server_options(set.settings());
  chosen.access.audit = &set.audit();
  chosen.access.chat_key = chat_key(set);
  watchers.watch(app, chosen);
  chosen.store = &set.store();
  chosen.check = [&set] { return set.check_application(); };
  chosen.explain = [&set](const std::string& turn) { return explain_turn(set.store(), turn); };
  std::unique_ptr<Reloader> reloader;
  if (reloads != nullptr) reloader = offer_reload(set, app, *reloads, watchers, chosen);
  auto server =
      http::make_server(app.orchestrator(), app.jobs(), set.clock(), set.log(), std::move(chosen));
  // Before the first request, which may be for a reload.
  if (reloader && !server->tls_files().empty()) {
    reloader->renews_tls([&server] { return server->reload_tls(); });
  }
  if (const auto started = server->start(); !started) {
    std::cerr << started.error().message << "\n";
    return kEnvironment;
  }
  const auto scheme = set.settings().tls.certificate.empty() ? "http://" : "https://";
  const auto url = scheme + set.settings().listen_host + ":" + std::to_string(server->port());
  const ServingFile serving(set.settings().data, url);
  if (!serving.fault().empty()) {
    set.log().warning("serve.not_findable", {observability::Field::safe("why", serving.fault())});
  }
  if (reloader) reloader->start();
  std::cout << "listening on " << url << std::endl;
  if (server->redirect_port() != 0) {
    std::cout << "redirecting from http://" << set.settings().listen_host << ":"
              << server->redirect_port() << std::endl;
  }
  watchers.start();
  app.jobs().start();
  app.takeover().start();
  const core::CancelToken stop;
  std::thread beside;
  if (meanwhile) beside = std::thread([&] { meanwhile(stop); });
  const auto signal = signals.wait([&reloader] {
    if (reloader) reloader->ask();
  });
  set.log().info("serve.stopping",
                 {observability::Field::safe("signal", signal == SIGTERM ? "SIGTERM" : "SIGINT")});
  stop.cancel();
  if (reloader) reloader->stop();
  if (beside.joinable()) beside.join();
  app.takeover().stop();
  server->stop();
  app.jobs().stop();  // after the last request that could make one
  watchers.stop();
  set.log().info("serve.stopped", {});
  return kGood;
}

}  // namespace dugout::cli

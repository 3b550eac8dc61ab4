#include "http/server.hpp"

#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/ThreadPool.h>

#include <algorithm>
#include <thread>

#include "http/connection.hpp"
#include "http/endpoints.hpp"
#include "http/origin.hpp"
#include "http/tls.hpp"

namespace dugout::http {
namespace {

using observability::Field;

constexpr int kStackBytes = 1 << 20;
constexpr int kSpareThreads = 64;  // for health checks and pages while all turns are taken
constexpr int kRedirectThreads = 16;
constexpr std::size_t kFormBytes = 64 * 1024;  // of an upload, besides its file
constexpr auto kDrainPoll = std::chrono::milliseconds(20);

ServerOptions completed(ServerOptions options) {
  if (options.connections == 0) {
    options.connections = options.turns_in_flight + kSpareThreads + options.queued;
  }
  if (!options.figures) options.figures = std::make_shared<observability::DoorFigures>();
  return options;
}

// A listening port and all that came in by it.
struct Port {
  Port(Connections::Options options, observability::DoorFigures& figures)
      : connections(std::move(options), figures) {}

  Connections connections;
  std::unique_ptr<Poco::Net::TCPServer> server = {};
};

class PocoServer final : public Server {
 public:
  PocoServer(orchestrator::Orchestrator& orchestrator, jobs::Jobs& jobs, core::Clock& clock,
             observability::Log& log, ServerOptions options)
      : options_(completed(std::move(options))),
        service_{orchestrator, jobs, clock, log, options_},
        tls_(options_.tls, clock),
        limit_(options_.connections, options_.connections_per_address, service_.proxies,
               *options_.figures),
        pool_("http", 2, options_.turns_in_flight + kSpareThreads + kRedirectThreads, 30,
              kStackBytes) {}

  ~PocoServer() override { stop(); }

  Status start() override;
  std::uint16_t port() const override { return main_ ? main_->server->port() : 0; }
  std::uint16_t redirect_port() const override { return redirect_ ? redirect_->server->port() : 0; }
  void stop() override;
  Status reload_tls() override;
  std::vector<std::string> tls_files() const override { return tls_.files(); }

 private:
  Connections::Options connection_options();
  Status listen(Port& made, std::uint16_t port, int threads, bool answers);
  bool serve(Poco::Net::HTTPServerRequestImpl& request,
             Poco::Net::HTTPServerResponseImpl& response);
  bool lead_to_tls(Poco::Net::HTTPServerRequestImpl& request,
                   Poco::Net::HTTPServerResponseImpl& response);
  bool crowded() const { return pool_.used() * 4 > pool_.capacity() * 3; }
  void note_certificate();
  bool quiet() {
    return service_.turns.load() == 0 && main_->connections.empty() &&
           (!redirect_ || redirect_->connections.empty());
  }

  const ServerOptions options_;
  Service service_;
  Tls tls_;
  ConnectionLimit limit_;
  SocketWatch watch_;
  Poco::ThreadPool pool_;
  std::unique_ptr<Port> main_, redirect_;  // last: their threads use the members above
};

Connections::Options PocoServer::connection_options() {
  Connections::Options options;
  options.head_within = options_.head_timeout;
  options.head_bytes = options_.head_bytes;
  options.keep_alive = options_.keep_alive;
  options.answer_within = options_.read_timeout;
  options.largest_body =
      std::max({options_.body_bytes, options_.batch_bytes, options_.upload_bytes + kFormBytes});
  options.params = new Poco::Net::HTTPServerParams;
  options.params->setTimeout(Poco::Timespan(options_.read_timeout.count(), 0));
  options.crowded = [this] { return crowded(); };
  return options;
}

Status PocoServer::listen(Port& made, std::uint16_t port, int threads, bool answers) {
  try {
    auto socket = limited_socket(limit_, watch_, answers);
    socket.bind(Poco::Net::SocketAddress(options_.host, port), true);
    socket.listen(1024);
    Poco::Net::TCPServerParams::Ptr params = new Poco::Net::TCPServerParams;
    params->setMaxThreads(threads);
    params->setMaxQueued(std::max(options_.queued, 1));  // each passes through it
    made.server = std::make_unique<Poco::Net::TCPServer>(connection_factory(made.connections),
                                                         pool_, socket, params);
    made.server->start();
  } catch (const Poco::Exception& error) {
    return Error{Code::kUnavailable, "cannot listen on " + options_.host + ":" +
                                         std::to_string(port) + ": " + error.displayText() +
                                         "; choose another --listen address"};
  }
  return Done{};
}

Status PocoServer::start() {
  auto options = connection_options();
  options.serve = [this](auto& request, auto& response) { return serve(request, response); };
  if (options_.tls.wanted()) {
    if (const auto loaded = tls_.load(); !loaded) return loaded.error();
    note_certificate();
    options.tls = [this] { return tls_.context(); };
  }
  auto made = std::make_unique<Port>(std::move(options), *options_.figures);
  const int threads = options_.turns_in_flight + kSpareThreads;
  if (const auto done = listen(*made, options_.port, threads, !options_.tls.wanted()); !done) {
    return done.error();
  }
  main_ = std::move(made);
  if (!options_.redirect) return Done{};
  auto leading = connection_options();
  leading.serve = [this](auto& request, auto& response) { return lead_to_tls(request, response); };
  auto second = std::make_unique<Port>(std::move(leading), *options_.figures);
  if (const auto done = listen(*second, *options_.redirect, kRedirectThreads, true); !done) {
    stop();
    return done.error();
  }
  redirect_ = std::move(second);
  return Done{};
}

bool PocoServer::serve(Poco::Net::HTTPServerRequestImpl& request,
                       Poco::Net::HTTPServerResponseImpl& response) {
  // Who asks and never reads holds a thread for no longer than who never ends a question.
  request.socket().setSendTimeout(Poco::Timespan(options_.read_timeout.count(), 0));
  Exchange exchange(request, response);
  // An idle connection holds a thread: when they are scarce, none is kept.
  if (crowded()) exchange.hurry();
  tell_browser(service_, exchange);
  const auto address = address_of(service_, exchange);
  if (const auto problem = service_.rates.admit(exchange, address, service_.clock.now())) {
    exchange.problem(*problem, service_.clock);
  } else {
    dispatch(service_, exchange);
  }
  return exchange.left_unread();
}

// To the address of the settings: what the request says of its host is whatever somebody says.
bool PocoServer::lead_to_tls(Poco::Net::HTTPServerRequestImpl& request,
                             Poco::Net::HTTPServerResponseImpl& response) {
  Exchange exchange(request, response);
  exchange.close_afterwards();
  const auto target = exchange.target();
  exchange.header("Location", options_.public_url + (target.starts_with('/') ? target : "/"));
  exchange.text(308, "text/plain; charset=utf-8", "");
  return exchange.left_unread();
}

void PocoServer::note_certificate() {
  const auto expires = tls_.expires().time_since_epoch();
  options_.figures->certificate_expires.store(
      std::chrono::duration_cast<std::chrono::seconds>(expires).count());
}

Status PocoServer::reload_tls() {
  if (!options_.tls.wanted()) return Error{Code::kNotApplicable, "TLS is not spoken here"};
  auto loaded = tls_.load();
  if (!loaded) {
    options_.figures->certificates_refused.fetch_add(1);
    service_.log.error("tls.refused", {Field::safe("why", loaded.error().message)});
    return loaded;
  }
  note_certificate();
  service_.log.info("tls.reloaded", {{"expires", options_.figures->certificate_expires.load()}});
  return loaded;
}

void PocoServer::stop() {
  if (!main_) return;
  service_.stopping.store(true);
  service_.ending.cancel();
  // Idle connections end at once, busy ones with their answer.
  main_->server->stop();
  main_->connections.end_idle();
  if (redirect_) {
    redirect_->server->stop();
    redirect_->connections.end_idle();
  }
  const core::CancelToken never;
  const auto deadline = service_.clock.now() + options_.drain;
  while (!quiet() && service_.clock.now() < deadline) service_.clock.sleep(kDrainPoll, never);
  main_->connections.end_all();
  if (redirect_) redirect_->connections.end_all();
  pool_.joinAll();
  main_.reset();
  redirect_.reset();
}

}  // namespace

std::unique_ptr<Server> make_server(orchestrator::Orchestrator& orchestrator, jobs::Jobs& jobs,
                                    core::Clock& clock, observability::Log& log,
                                    ServerOptions options) {
  return std::make_unique<PocoServer>(orchestrator, jobs, clock, log, std::move(options));
}

}  // namespace dugout::http

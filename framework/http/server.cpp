#include "http/server.hpp"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>

#include <atomic>
#include <thread>

#include "http/endpoints.hpp"

namespace dugout::http {
namespace {

constexpr int kStackBytes = 1 << 20;
constexpr int kSpareThreads = 64;  // for health checks and pages while all turns are taken
constexpr auto kDrainPoll = std::chrono::milliseconds(20);

class Handler final : public Poco::Net::HTTPRequestHandler {
 public:
  Handler(Service& service, bool crowded) : service_(service), crowded_(crowded) {}
  void handleRequest(Poco::Net::HTTPServerRequest& request,
                     Poco::Net::HTTPServerResponse& response) override {
    // Who asks and never reads holds a thread for no longer than who never ends a question.
    auto& socket = dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(request).socket();
    socket.setSendTimeout(Poco::Timespan(service_.options.read_timeout.count(), 0));
    Exchange exchange(request, response);
    // An idle connection holds a thread: when they are scarce, none is kept.
    if (crowded_) exchange.close_afterwards();
    dispatch(service_, exchange);
  }

 private:
  Service& service_;
  const bool crowded_;
};

class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  Factory(Service& service, const Poco::ThreadPool& pool) : service_(service), pool_(pool) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(
      const Poco::Net::HTTPServerRequest&) override {
    return new Handler(service_, pool_.used() * 4 > pool_.capacity() * 3);
  }

 private:
  Service& service_;
  const Poco::ThreadPool& pool_;
};

class PocoServer final : public Server {
 public:
  PocoServer(orchestrator::Orchestrator& orchestrator, jobs::Jobs& jobs, core::Clock& clock,
             observability::Log& log, ServerOptions options)
      : options_(std::move(options)),
        service_{orchestrator, jobs, clock, log, options_},
        pool_("http", 2, options_.turns_in_flight + kSpareThreads, 30, kStackBytes) {}

  ~PocoServer() override { stop(); }

  Status start() override {
    try {
      Poco::Net::ServerSocket socket;
      socket.bind(Poco::Net::SocketAddress(options_.host, options_.port), true);
      socket.listen(1024);
      Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
      params->setMaxThreads(options_.turns_in_flight + kSpareThreads);
      params->setMaxQueued(options_.queued);
      params->setKeepAliveTimeout(Poco::Timespan(options_.keep_alive.count(), 0));
      params->setTimeout(Poco::Timespan(options_.read_timeout.count(), 0));
      server_ = std::make_unique<Poco::Net::HTTPServer>(new Factory(service_, pool_), pool_, socket,
                                                        params);
      server_->start();
    } catch (const Poco::Exception& error) {
      return Error{Code::kUnavailable,
                   "cannot listen on " + options_.host + ":" + std::to_string(options_.port) +
                       ": " + error.displayText() + "; choose another --listen address"};
    }
    return Done{};
  }

  std::uint16_t port() const override { return server_ ? server_->port() : 0; }

  void stop() override {
    if (!server_) return;
    service_.stopping.store(true);
    service_.ending.cancel();
    // Idle connections end at once, busy ones with their answer. That waits for the busy ones, so
    // it goes on beside the clock, which ends it.
    std::atomic<bool> quiet{false};
    std::thread ending([&] {
      server_->stopAll(false);
      quiet.store(true);
    });
    const core::CancelToken never;
    const auto deadline = service_.clock.now() + options_.drain;
    while ((!quiet.load() || service_.turns.load() > 0) && service_.clock.now() < deadline) {
      service_.clock.sleep(kDrainPoll, never);
    }
    if (!quiet.load() || service_.turns.load() > 0) server_->stopAll(true);
    ending.join();
    pool_.joinAll();
    server_.reset();
  }

 private:
  const ServerOptions options_;
  Service service_;
  Poco::ThreadPool pool_;
  std::unique_ptr<Poco::Net::HTTPServer> server_;
};

}  // namespace

std::unique_ptr<Server> make_server(orchestrator::Orchestrator& orchestrator, jobs::Jobs& jobs,
                                    core::Clock& clock, observability::Log& log,
                                    ServerOptions options) {
  return std::make_unique<PocoServer>(orchestrator, jobs, clock, log, std::move(options));
}

}  // namespace dugout::http

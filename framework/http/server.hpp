// The Poco HTTP server: chat, uploads, doors of tools, health, catalogue, pages. Errors are
// application/problem+json (RFC 9457). start() and stop() are for one thread; requests are served
// on the server's own.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/finding.hpp"
#include "http/access.hpp"
#include "http/rate_limit.hpp"
#include "http/tls_options.hpp"
#include "jobs/jobs.hpp"
#include "observability/door_figures.hpp"
#include "observability/log.hpp"
#include "orchestrator/chat.hpp"
#include "store/store.hpp"

namespace dugout::http {

// What a reload came to, as a JSON object.
struct ReloadAnswer {
  bool good = false;       // the files serve from now on, all of them
  bool published = false;  // but for the certificate, if not `good`
  std::string json;
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;                 // 0 = a free one
  std::size_t body_bytes = 1U << 20;         // of a JSON body
  std::size_t upload_bytes = 10U << 20;      // of an uploaded file; equal is allowed
  int turns_in_flight = 5000;                // beyond it: 503 with Retry-After
  std::size_t batch_calls = 1000;            // of one batch
  std::size_t batch_bytes = 8U << 20;        // of its body
  int batch_concurrency = 8;                 // calls of one batch at once
  int queued = 1000;                         // connections that may wait for a thread
  std::chrono::seconds keep_alive{10};       // an idle connection holds a thread for no longer
  std::chrono::seconds read_timeout{30};     // for the body of a chat message
  std::chrono::seconds upload_timeout{120};  // for the body of an upload
  std::chrono::seconds drain{100};           // for turns in flight at stop
  std::string upload_folder = "var/uploads";
  std::string public_url = "http://127.0.0.1:8080";  // as services reach us; no slash at the end
  std::string version = "0.1.0";
  std::string admin_token;  // of an operator called admin; with no other either, nobody is one
  AccessOptions access = {};
  // The texts of /metrics and /api/dashboard; without one there is nothing at its address. [worker]
  std::function<std::shared_ptr<const std::string>()> metrics = {}, dashboard = {};
  std::string metrics_token = {};                   // a bearer token for /metrics; empty = open
  std::chrono::milliseconds dashboard_every{2000};  // between two of its events
  int dashboard_listeners = 20;                     // beyond it: 503
  // One answer explained, as JSON, by its turn; kNotFound when nothing is known of it.
  std::function<Outcome<std::string>(const std::string& turn)> explain;
  store::Store* store = nullptr;  // for the overviews of operators; nullptr = there are none
  // Reads the files anew, and what came of it the last time; without it there is nothing at
  // /admin/reload. [worker]
  std::function<ReloadAnswer()> reload = {};
  std::function<std::string()> last_reload = {};
  // What a check of the application's files finds in them now.
  std::function<core::Findings()> check;
  int connections = 0;                             // in all; 0 = as many as threads and queue hold
  int connections_per_address = 256;               // 0 = no limit
  std::chrono::milliseconds head_timeout{10'000};  // for a request up to its body, TLS included
  std::size_t head_bytes = 64U << 10;
  RateOptions rates = {};
  std::vector<std::string> proxies = {};  // networks: "10.0.0.0/8"; believed about who asks
  bool proxies_forwarded = false;         // by RFC 7239's header; else by X-Forwarded-*
  TlsOptions tls = {};
  // Of Strict-Transport-Security, where the world reaches us by https; 0 = it is not said.
  std::chrono::seconds hsts{31'536'000};
  std::optional<std::uint16_t> redirect;  // a port without TLS that leads to public_url
  // What is counted before a turn begins; nullptr = the server counts for itself.
  std::shared_ptr<observability::DoorFigures> figures = {};
};

class Server {
 public:
  virtual ~Server() = default;
  // Binds and serves; an Error says why not ("address in use: ...").
  virtual Status start() = 0;
  virtual std::uint16_t port() const = 0;  // the one really bound
  // Accepts nothing new, lets turns in flight end (at most `drain`), then stops. /ready is 503
  // meanwhile.
  virtual void stop() = 0;
  // Reads certificate and key anew, for new connections; [any]. An Error says what is wrong, is
  // logged, and leaves the old ones in use. kNotApplicable: TLS is not spoken here.
  virtual Status reload_tls() = 0;
  // Whose change asks for it.
  virtual std::vector<std::string> tls_files() const = 0;
  virtual std::uint16_t redirect_port() const = 0;  // the one really bound; 0 = there is none
};

// REQUIRES: all outlive the server.
std::unique_ptr<Server> make_server(orchestrator::Orchestrator& orchestrator, jobs::Jobs& jobs,
                                    core::Clock& clock, observability::Log& log,
                                    ServerOptions options);

}  // namespace dugout::http

// The table of routes, and what is the same for all of them.
#include <Poco/Exception.h>

#include "http/admin.hpp"
#include "http/bundle.hpp"
#include "http/endpoints.hpp"
#include "http/log_level.hpp"
#include "http/origin.hpp"
#include "http/page_files.hpp"
#include "store/trouble.hpp"

namespace dugout::http {
namespace {

using observability::Field;

void serve_health(Service& /*service*/, Exchange& exchange) {
  exchange.json(200, R"({"status":"ok"})");
}

void serve_ready(Service& service, Exchange& exchange) {
  const bool stopping = service.stopping.load();
  const auto probe =
      stopping
          ? Status(Error{Code::kUnavailable, "stopping"})
          : service.probe.ask(service.clock, [&service] { return service.orchestrator.probe(); });
  if (probe) {
    exchange.json(200, R"({"status":"ready"})");
    return;
  }
  Problem problem;
  problem.status = 503;
  problem.title = "Not ready";
  const auto advice = stopping ? "" : store::advice_for(store::trouble_of(probe.error()));
  problem.detail = stopping         ? "The server is stopping."
                   : advice.empty() ? "The store cannot serve."
                                    : std::string(advice);
  problem.retry_after = 5;
  exchange.problem(problem, service.clock);
}

Route file(const char* path, const char* type, std::string_view text) {
  return {"GET", path,
          [type, text](Service&, Exchange& exchange) { exchange.text(200, type, text); }};
}

// A file of the built pages.
Route built(const char* path, const char* name) {
  return {"GET", path, [name](Service&, Exchange& exchange) { serve_bundled(name, exchange); }};
}

// A page of operators: there where an operator could sign in. It holds no figures itself.
Route for_operators(Route route) {
  route.known = operators_known;
  return route;
}

// Only for whoever has shown the token of an operator, with this role or a higher one.
Route for_role(Role role, Route route) {
  route.role = role;
  return for_operators(std::move(route));
}

// What is loaded; where there are operators, theirs alone.
Route catalogue(Route route) {
  route.role = Role::kViewer;
  route.open_without_operators = true;
  return route;
}

// The chat, which pages of other origins may use that are on the list.
Route chat(Route route) {
  route.cross_origin = true;
  return route;
}

Problem wrong_method(const std::string& allow) {
  Problem problem;
  problem.status = 405;
  problem.title = "Method not allowed";
  problem.detail = "Use " + allow + " here.";
  problem.allow = allow;
  problem.close = true;
  return problem;
}

void serve_route(Service& service, Exchange& exchange) {
  const auto path = exchange.path();
  const auto& asked = exchange.request().getMethod();
  const auto method = asked == "HEAD" ? std::string("GET") : asked;
  const std::string* pattern = nullptr;  // the first that fits; only rows of the same path count
  std::string allow;
  for (const auto& route : routes()) {
    if (pattern != nullptr && route.path != *pattern) continue;
    auto parts = fit_path(route.path, path);
    if (!parts || (route.known != nullptr && !route.known(service, *parts))) continue;
    pattern = &route.path;
    if (route.method == method) {
      exchange.take_parts(std::move(*parts));
      if (admit(service, exchange, route)) route.serve(service, exchange);
      return;
    }
    allow += (allow.empty() ? "" : ", ") + route.method + (route.method == "GET" ? ", HEAD" : "");
  }
  exchange.problem(allow.empty() ? nothing_at(path) : wrong_method(allow), service.clock);
}

}  // namespace

const std::vector<Route>& routes() {
  static const std::vector<Route> table{
      chat({"POST", "/chat", serve_chat}),
      chat({"POST", "/chat/batch", serve_batch}),
      chat({"GET", "/chat/{session_id}", serve_chat_state}),
      chat({"POST", "/upload", serve_upload}),
      chat({"POST", "/upload-async", serve_upload_async}),
      chat({"GET", "/upload-status/{upload_id}", serve_upload_status}),
      {"POST", "/webhooks/{name}", serve_webhook},
      {"GET", "/webhooks/{name}/test", serve_webhook_test},
      {"GET", "/health", serve_health},
      {"GET", "/ready", serve_ready},
      {"GET", "/api/page", serve_page_settings},
      {"GET", "/api/page.css", serve_page_css},
      catalogue({"GET", "/api/routines", serve_routines}),
      catalogue({"GET", "/api/agents", serve_agents}),
      catalogue({"GET", "/api/plugins", serve_plugins}),
      {"GET", "/metrics", serve_metrics},  // has a token of its own
      for_role(Role::kViewer, {"GET", "/api/attempts/{id}", serve_attempts}),
      for_role(Role::kViewer, {"GET", "/api/dashboard", serve_dashboard}),
      for_role(Role::kViewer, {"GET", "/api/dashboard/events", serve_dashboard_events}),
      for_role(Role::kViewer, {"GET", "/api/sessions", serve_sessions}),
      for_role(Role::kViewer, {"GET", "/api/sessions/{id}", serve_session}),
      for_role(Role::kViewer, {"GET", "/api/funnel", serve_funnel}),
      for_role(Role::kViewer, {"GET", "/api/flows", serve_flows}),
      for_role(Role::kViewer, {"GET", "/api/flows/{flow}", serve_flow}),
      for_role(Role::kAdmin, {"GET", "/api/audit", serve_audit}),
      for_operators({"POST", "/admin/session", serve_session_begin}),  // asks for the token itself
      for_role(Role::kViewer, {"GET", "/admin/session", serve_operator}),
      for_role(Role::kViewer, {"POST", "/admin/session/end", serve_session_end}),
      for_role(Role::kViewer, {"GET", "/admin/log-level", serve_log_level}),
      for_role(Role::kOperator, {"POST", "/admin/log-level", serve_set_log_level}),
      for_role(Role::kViewer, {"GET", "/admin/reload", serve_last_reload}),
      for_role(Role::kOperator, {"POST", "/admin/reload", serve_reload}),
      file("/openapi.json", "application/json", pages::kOpenapiJson),
      file("/page.css", "text/css; charset=utf-8", pages::kPageCss),
      built("/", "/chat/index.html"),
      for_operators(built("/dashboard", "/dashboard/index.html")),
      for_operators(built("/routines", "/routines/index.html")),
      built("/theme.js", "/theme.js"),
      built("/icon.svg", "/icon.svg"),
      {"GET", "/assets/{name}", serve_asset, is_asset},
      // Last, as it may be any address of two parts.
      {"GET", "/{page}/{id}", serve_page, is_page},
      {"POST", "/{page}/{id}", serve_page, is_page},
  };
  return table;
}

Problem nothing_at(const std::string& path) {
  Problem problem;
  problem.status = 404;
  problem.title = "Not found";
  problem.detail =
      "There is nothing at " + path.substr(0, 200) + "; /openapi.json lists what there is.";
  problem.close = true;
  return problem;
}

std::string address_of(const Service& service, Exchange& exchange) {
  return address_key(client_address(exchange.request(), service.proxies));
}

Problem overloaded() {
  Problem problem;
  problem.status = 503;
  problem.title = "Too busy";
  problem.detail = "Too many conversations at once; send the same message again in a moment.";
  problem.retry_after = 1;
  problem.close = true;
  return problem;
}

Problem not_http() {
  Problem problem;
  problem.status = 505;
  problem.title = "HTTP version not supported";
  problem.detail = "The request is neither HTTP/1.0 nor HTTP/1.1.";
  problem.close = true;
  return problem;
}

void dispatch(Service& service, Exchange& exchange) {
  if (service.stopping.load()) exchange.close_afterwards();
  try {
    if (!exchange.known_version()) return exchange.problem(not_http(), service.clock);
    if (admit_origin(service, exchange)) serve_route(service, exchange);
  } catch (const Poco::TimeoutException&) {
    exchange.close_afterwards();  // a slow client; nobody is left to read an answer
  } catch (const Poco::Exception& error) {
    // A client that goes away is no event of ours.
    exchange.close_afterwards();
    service.log.debug("http.broken", {Field::safe("what", error.name())});
  } catch (const std::exception& error) {
    service.log.error("http.failed", {{"what", error.what()}});
    if (!exchange.sent()) exchange.problem(problem_of({Code::kInternal, "", ""}), service.clock);
  }
}

}  // namespace dugout::http

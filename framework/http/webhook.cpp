// POST /webhooks/{name}: a service reports what has happened. Its body reaches the tool behind the
// door untouched, since a signature covers every byte; nothing of it is kept before the tool has
// found it genuine. What is not stored is not acknowledged, so that the service sends it again.
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "http/door.hpp"

namespace dugout::http {
namespace {

using core::Json;
using observability::Field;
using observability::Level;

constexpr std::size_t kBodyBytes = 256 * 1024;
constexpr core::Duration kWebhookTime = std::chrono::seconds(10);

// One line of the log for each request, whatever becomes of it: nothing of the body, no signature.
// It is written before the answer is sent; by the destructor when there is none.
class Audit {
 public:
  Audit(observability::Log& log, const std::string& name) : log_(log), name_(name) {}
  ~Audit() { note("broken_off", 500); }
  Audit(const Audit&) = delete;
  Audit& operator=(const Audit&) = delete;

  // Counts once.
  void note(std::string_view outcome, int status, int count = 0) {
    if (noted_) return;
    noted_ = true;
    log_.log(status < 400 ? Level::kInfo : Level::kWarning, "webhook",
             {Field::id("name", name_),
              Field::safe("outcome", outcome),
              {"status", status},
              {"count", count}});
  }

 private:
  observability::Log& log_;
  const std::string name_;
  bool noted_ = false;
};

// A request in work. Each way out notes its outcome for the audit line.
class Webhook {
 public:
  Webhook(Service& service, Exchange& exchange)
      : service_(service), exchange_(exchange), audit_(service.log, exchange.part("name")) {}

  void serve();

 private:
  void refuse(const char* outcome, const Problem& problem) {
    audit_.note(outcome, problem.status);
    exchange_.problem(problem, service_.clock);
  }
  void refuse(const char* outcome, int status, std::string title, std::string detail);
  void refuse(const DoorAnswer& answer);
  bool read(std::string& body);
  Json arguments(const std::string& body);
  void take(const host::ToolHandle& tool, const Json& data);

  Service& service_;
  Exchange& exchange_;
  Audit audit_;
};

void Webhook::refuse(const char* outcome, int status, std::string title, std::string detail) {
  Problem problem;
  problem.status = status;
  problem.title = std::move(title);
  problem.detail = std::move(detail);
  if (status >= 500) problem.retry_after = 30;
  refuse(outcome, problem);
}

void Webhook::refuse(const DoorAnswer& answer) {
  const int otherwise = answer.code == "internal" ? 500 : answer.retryable ? 503 : 400;
  const int status = answer.status != 0 ? answer.status : otherwise;
  const bool ours = status >= 500;
  refuse(
      ours ? "failed" : "refused", status, ours ? "Not available just now" : "Refused",
      ours || answer.message.empty() ? "It was not taken; nothing has changed." : answer.message);
}

// False when the request is answered already.
bool Webhook::read(std::string& body) {
  const auto wrong =
      exchange_.read_body(kBodyBytes, service_.options.read_timeout, service_.clock, body);
  if (wrong) {
    refuse(wrong->status == 413 ? "too_large" : "unreadable", *wrong);
    return false;
  }
  if (core::is_utf8(body)) return true;
  refuse("unreadable", 400, "Not text", "The body must be UTF-8 text.");
  return false;
}

Json Webhook::arguments(const std::string& body) {
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : exchange_.request()) {
    auto& all = headers[core::lower(core::to_utf8(name))];
    all += (all.empty() ? "" : ", ") + core::to_utf8(value);
  }
  return {{"method", "POST"},
          {"url", service_.options.public_url + core::to_utf8(exchange_.target())},
          {"headers", headers},
          {"body", body}};
}

void Webhook::take(const host::ToolHandle& tool, const Json& data) {
  const auto events = events_of(service_, tool, data);
  if (!events) {
    return refuse("failed", 500, "Something went wrong on our side", "Please send it again.");
  }
  if (events->empty()) {
    audit_.note("nothing_to_do", 204);
    return exchange_.nothing(204);
  }
  const auto fresh = service_.jobs.take(exchange_.part("name"), *events);
  if (!fresh) {
    return refuse("not_stored", 503, "Not available just now",
                  "It could not be stored; please send it again.");
  }
  audit_.note(*fresh > 0 ? "accepted" : "repeated", 200, *fresh);
  exchange_.json(200, core::canonical(Json{{"status", "success"}, {"new", *fresh}}));
}

void Webhook::serve() {
  const auto tool = tool_behind(*service_.orchestrator.plugins(), &host::ToolDeclaration::webhook,
                                exchange_.part("name"));
  if (tool == nullptr) return refuse("unknown", nothing_at(exchange_.path()));
  std::string body;
  if (!read(body)) return;
  const TurnGate gate(service_);
  if (!gate.admitted()) return refuse("too_busy", overloaded());
  const auto answer = run_door(service_, *tool, arguments(body), kWebhookTime);
  if (!answer.ok) return refuse(answer);
  take(*tool, answer.data);
}

}  // namespace

void serve_webhook(Service& service, Exchange& exchange) {
  Webhook(service, exchange).serve();
}

void serve_webhook_test(Service& service, Exchange& exchange) {
  if (tool_behind(*service.orchestrator.plugins(), &host::ToolDeclaration::webhook,
                  exchange.part("name")) == nullptr) {
    return exchange.problem(nothing_at(exchange.path()), service.clock);
  }
  exchange.json(200, R"({"status":"reachable","message":"Webhooks are taken here by POST."})");
}

}  // namespace dugout::http

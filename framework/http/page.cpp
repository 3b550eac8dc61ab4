// GET and POST /{page}/{id}: a page that a tool answers with, for a person who has followed a link
// or comes back from a service. Whatever goes wrong is a page too, and says what to do next.
#include <Poco/Net/HTMLForm.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "core/json.hpp"
#include "core/text.hpp"
#include "http/door.hpp"
#include "http/page_html.hpp"

namespace dugout::http {
namespace {

using core::Json;
using observability::Field;

constexpr std::size_t kFormBytes = 16 * 1024;
constexpr int kFormFields = 50;
// The tool may have to ask a service that is slow, and to ask it again.
constexpr core::Duration kPageTime = std::chrono::seconds(40);

constexpr auto kTryAgain = "Please try again in a few minutes. Nothing is lost.";
constexpr auto kOtherLink =
    "Please open the link from the club's latest message once more, as it was sent. If that does "
    "not help, ask the club's registrar.";

Problem make_problem(int status, std::string title, std::string detail) {
  Problem problem;
  problem.status = status;
  problem.title = std::move(title);
  problem.detail = std::move(detail);
  if (status >= 500) problem.retry_after = 30;
  return problem;
}

Problem unknown_link(std::string detail = "") {
  return make_problem(404, "This link is not known",
                      detail.empty() ? "It may be incomplete, or too old." : std::move(detail));
}

Problem broken() {
  return make_problem(500, "Something went wrong on our side", "That is no fault of yours.");
}

Problem refusal(const DoorAnswer& answer) {
  const auto& message = answer.message;
  if (answer.code == "internal") return broken();
  if (answer.code == "not_found" && answer.status == 0) return unknown_link(message);
  const bool later =
      answer.retryable || answer.code == "not_configured" || answer.code == "unavailable";
  if (answer.status == 0 && later) {
    return make_problem(503, "Not available just now",
                        message.empty() ? "We cannot reach what we need for this." : message);
  }
  return make_problem(answer.status != 0 ? answer.status : 400, "That did not work",
                      message.empty() ? "What was sent cannot be used." : message);
}

// Asks for a page, in HTML or in JSON.
class Visit {
 public:
  Visit(Service& service, Exchange& exchange)
      : service_(service),
        exchange_(exchange),
        json_(prefers_json(exchange.request().get("Accept", ""))) {}

  void serve();

 private:
  void fail(const Problem& problem);
  std::optional<Problem> read_form(Json& form);
  std::optional<Problem> take_events(const host::ToolHandle& tool, const Json& data);
  void answer(const host::ToolHandle& tool, const Json& data);
  bool posted() const { return exchange_.request().getMethod() == "POST"; }

  Service& service_;
  Exchange& exchange_;
  const bool json_;
};

void Visit::fail(const Problem& problem) {
  service_.log.info("page.refused",
                    {Field::id("page", exchange_.part("page")), {"status", problem.status}});
  if (json_) return exchange_.problem(problem, service_.clock);
  exchange_.settle(problem, service_.clock);
  const Page page{
      problem.title, {problem.detail, problem.status >= 500 ? kTryAgain : kOtherLink}, {}};
  exchange_.page(problem.status, render(page, ""));
}

std::optional<Problem> Visit::read_form(Json& form) {
  form = Json::object();
  if (!posted()) return std::nullopt;
  if (auto wrong = exchange_.require_type("application/x-www-form-urlencoded")) return wrong;
  std::string body;
  if (auto wrong =
          exchange_.read_body(kFormBytes, service_.options.read_timeout, service_.clock, body)) {
    return wrong;
  }
  Poco::Net::HTMLForm fields;
  fields.setFieldLimit(kFormFields);
  try {
    std::istringstream stream(std::move(body));
    fields.read(stream);
  } catch (const Poco::Exception&) {
    return make_problem(400, "That did not work", "The form cannot be read.");
  }
  for (const auto& [name, value] : fields) {
    if (!core::is_utf8(name) || !core::is_utf8(value)) {
      return make_problem(400, "That did not work", "The form is no UTF-8 text.");
    }
    form[name] = value;
  }
  return std::nullopt;
}

std::optional<Problem> Visit::take_events(const host::ToolHandle& tool, const Json& data) {
  const auto events = events_of(service_, tool, data);
  if (!events) {
    return broken();
  }
  if (events->empty()) return std::nullopt;
  if (service_.jobs.take("page:" + exchange_.part("page"), *events)) return std::nullopt;
  return make_problem(503, "Not available just now", "What was sent could not be stored.");
}

void Visit::answer(const host::ToolHandle& tool, const Json& data) {
  if (json_ && data.contains("json") && data["json"].is_object()) {
    return exchange_.json(200, core::canonical(data["json"]));
  }
  const auto url = core::member(data, "redirect");
  if (is_web_address(url)) return exchange_.see_other(url);
  const auto page = page_of(data.value("page", Json()));
  if (!url.empty() || !page) {
    service_.log.error("door.failed", {Field::safe("tool", tool.id()),
                                       Field::safe("why", url.empty() ? "its answer is no page"
                                                                      : "its redirect leads "
                                                                        "nowhere")});
    return fail(broken());
  }
  if (json_) return exchange_.json(200, core::canonical(page_json(*page)));
  exchange_.page(200, render(*page, exchange_.path()));
}

void Visit::serve() {
  const auto tool = tool_behind(*service_.orchestrator.plugins(), &host::ToolDeclaration::page,
                                exchange_.part("page"));
  const auto& id = exchange_.part("id");
  if (tool == nullptr || !is_path_id(id)) {
    auto unknown = unknown_link();
    unknown.close = exchange_.has_body();
    return fail(unknown);
  }
  Json form;
  if (const auto wrong = read_form(form)) return fail(*wrong);
  const TurnGate gate(service_);
  if (!gate.admitted()) return fail(overloaded());
  const auto said = run_door(
      service_, *tool,
      {{"id", id}, {"method", posted() ? "POST" : "GET"}, {"form", std::move(form)}}, kPageTime);
  if (!said.ok) return fail(refusal(said));
  // Stored before the person is sent on, so that nothing told to them can be lost.
  if (const auto lost = take_events(*tool, said.data)) return fail(*lost);
  answer(*tool, said.data);
}

}  // namespace

bool is_page(Service& service, const PathParts& parts) {
  return tool_behind(*service.orchestrator.plugins(), &host::ToolDeclaration::page,
                     parts.find("page")->second) != nullptr;
}

void serve_page(Service& service, Exchange& exchange) {
  Visit(service, exchange).serve();
}

}  // namespace dugout::http

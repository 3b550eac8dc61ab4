#include "http/chat_stream.hpp"

#include <mutex>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "http/page_settings.hpp"
#include "http/upload_job.hpp"

namespace dugout::http {
namespace {

using core::Json;

// One event after the other, from whichever thread has one.
class Events {
 public:
  explicit Events(Exchange& exchange) : exchange_(exchange) {}
  void send(const std::string& event, const std::string& data) {
    const std::lock_guard lock(mutex_);
    exchange_.line("event: " + event + "\ndata: " + data + "\n");
  }

 private:
  std::mutex mutex_;  // the exchange takes one line at a time
  Exchange& exchange_;
};

std::string problem_data(const Problem& problem) {
  auto data = core::parse_json(problem.json());
  if (!data) return "{}";
  if (problem.retry_after) (*data)["retry_after"] = *problem.retry_after;
  return core::canonical(*data);
}

}  // namespace

bool wants_stream(Exchange& exchange) {
  for (const auto& range : core::split(exchange.request().get("Accept", ""), ',')) {
    const auto type = core::lower(core::trim(std::string_view(range).substr(0, range.find(';'))));
    if (type == "text/event-stream") return true;
  }
  return false;
}

void stream_chat(Service& service, Exchange& exchange, orchestrator::ChatRequest request) {
  exchange.header("X-Accel-Buffering", "no");  // a proxy in between must pass events on at once
  exchange.begin_lines("text/event-stream");
  Events events(exchange);
  const auto application = service.orchestrator.application();
  const auto& status = application->page.status;
  request.progress = [&](const orchestrator::Progress& progress) {
    const auto text = status_words(status, progress);
    events.send("progress", core::canonical(Json{{"kind", progress.kind}, {"text", text}}));
  };
  const auto reply = service.orchestrator.chat(request);
  if (reply) {
    // What the headers of other answers say: these went out before anything was known.
    auto data = reply_object(*reply);
    data["turn"] = reply->turn_id;
    data["traceparent"] = reply->traceparent;
    if (!exchange.session_token().empty()) data["session_token"] = exchange.session_token();
    events.send("reply", core::canonical(data));
  } else {
    events.send("problem", problem_data(problem_of(reply.error())));
  }
  if (exchange.gone()) exchange.close_afterwards();
}

}  // namespace dugout::http

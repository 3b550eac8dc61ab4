#include "http/chat_stream.hpp"

#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

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
  Events(Exchange& exchange, ChatRight& right, std::string session)
      : exchange_(exchange), right_(right), session_(std::move(session)) {}
  void send(const std::string& event, const std::function<std::string()>& data) {
    const std::lock_guard lock(mutex_);
    begin();
    exchange_.line("event: " + event + "\ndata: " + data() + "\n");
  }

 private:
  void begin() {
    if (std::exchange(begun_, true)) return;
    right_.give(session_);
    exchange_.begin_lines("text/event-stream");
  }

  std::mutex mutex_;  // the exchange takes one line at a time; guards begun_
  Exchange& exchange_;
  ChatRight& right_;
  const std::string session_;
  bool begun_ = false;
};

std::string problem_data(const Problem& problem) {
  auto data = core::parse_json(problem.json());
  if (!data) return "{}";
  if (problem.retry_after) (*data)["retry_after"] = *problem.retry_after;
  return core::canonical(*data);
}

// What the headers of other answers say, too: these went out before it was known.
std::string reply_data(const Exchange& exchange, const orchestrator::ChatReply& reply) {
  auto data = reply_object(reply);
  data["turn"] = reply.turn_id;
  data["traceparent"] = reply.traceparent;
  if (!exchange.session_token().empty()) data["session_token"] = exchange.session_token();
  return core::canonical(data);
}

}  // namespace

bool wants_stream(Exchange& exchange) {
  for (const auto& range : core::split(exchange.request().get("Accept", ""), ',')) {
    const auto type = core::lower(core::trim(std::string_view(range).substr(0, range.find(';'))));
    if (type == "text/event-stream") return true;
  }
  return false;
}

void stream_chat(Service& service, Exchange& exchange, orchestrator::ChatRequest request,
                 ChatRight& right) {
  exchange.header("X-Accel-Buffering", "no");  // a proxy in between must pass events on at once
  Events events(exchange, right, request.session_id);
  const auto application = service.orchestrator.application();
  const auto& status = application->page.status;
  request.progress = [&](const orchestrator::Progress& progress) {
    const auto text = status_words(status, progress);
    events.send("progress", [&] {
      return core::canonical(Json{{"kind", progress.kind}, {"text", text}});
    });
  };
  const auto reply = service.orchestrator.chat(request);
  if (reply) {
    events.send("reply", [&] { return reply_data(exchange, *reply); });
  } else {
    events.send("problem", [&] { return problem_data(problem_in_chat(exchange, reply.error())); });
  }
  if (exchange.gone()) exchange.close_afterwards();
}

}  // namespace dugout::http

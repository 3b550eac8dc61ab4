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

// One event after the other, from whichever thread has one. The head goes out with the first, and
// holds what it takes to come back: an event comes to nothing while that cannot be told.
class Events {
 public:
  Events(Exchange& exchange, ChatRight& right, std::string session)
      : exchange_(exchange), right_(right), session_(std::move(session)) {}
  // An error: it is not sent, nor is anything else yet.
  Status send(const std::string& event, const std::function<std::string()>& data) {
    const std::lock_guard lock(mutex_);
    if (const auto begun = begin(); !begun) return begun;
    exchange_.line("event: " + event + "\ndata: " + data() + "\n");
    return Done{};
  }

 private:
  Status begin() {
    if (begun_) return Done{};
    if (const auto given = right_.give(session_); !given) return given;
    begun_ = true;
    exchange_.begin_lines("text/event-stream");
    return Done{};
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
    // One that comes to nothing is not missed: the next one says more.
    (void)events.send("progress", [&] {
      return core::canonical(Json{{"kind", progress.kind}, {"text", text}});
    });
  };
  const auto reply = service.orchestrator.chat(request);
  const auto told = reply ? events.send("reply", [&] { return reply_data(exchange, *reply); })
                          : events.send("problem", [&] {
                              return problem_data(problem_in_chat(exchange, reply.error()));
                            });
  if (!told) {
    return exchange.problem(problem_of(reply ? told.error() : reply.error()), service.clock);
  }
  if (exchange.gone()) exchange.close_afterwards();
}

}  // namespace dugout::http

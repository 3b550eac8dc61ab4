// POST /chat/batch: many chat requests in one body, each result as a line as soon as it is there.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "http/batch_body.hpp"
#include "http/chat_right.hpp"
#include "http/endpoints.hpp"
#include "http/trace_headers.hpp"
#include "orchestrator/batch.hpp"

namespace dugout::http {
namespace {

using core::Json;

// Takes turns for the workers of a batch while it lives. All batches together leave half of the
// turns to single messages.
class BatchGate {
 public:
  explicit BatchGate(Service& service) : service_(service) {}
  ~BatchGate() {
    service_.batch_turns.fetch_sub(granted_);
    service_.turns.fetch_sub(granted_);
  }
  BatchGate(const BatchGate&) = delete;
  BatchGate& operator=(const BatchGate&) = delete;
  // How many turns it holds now: `wanted`, or fewer.
  int hold(int wanted) {
    const int most = std::max(service_.options.turns_in_flight / 2, 1);
    while (granted_ < wanted && take(most)) ++granted_;
    return granted_;
  }

 private:
  bool take(int most) {
    if (service_.batch_turns.fetch_add(1) >= most) {
      service_.batch_turns.fetch_sub(1);
      return false;
    }
    if (service_.turns.fetch_add(1) < service_.options.turns_in_flight) return true;
    service_.turns.fetch_sub(1);
    service_.batch_turns.fetch_sub(1);
    return false;
  }

  Service& service_;
  int granted_ = 0;
};

std::optional<Problem> read(Service& service, Exchange& exchange, BatchBody& batch) {
  const Place place(service.batches, address_of(service, exchange));
  if (!place.taken()) return overloaded();
  const auto& options = service.options;
  const bool lines = !exchange.require_type("application/x-ndjson");
  if (!lines && exchange.require_type("application/json")) {
    auto problem = *exchange.require_type("application/json");
    problem.detail = "Send the batch as application/json or as application/x-ndjson.";
    return problem;
  }
  std::string text;
  if (auto problem = exchange.read_body(options.batch_bytes, options.upload_timeout, service.clock,
                                        text, options.read_timeout)) {
    return problem;
  }
  if (const auto asked = exchange.query("concurrency")) {
    batch.concurrency = read_concurrency(*asked);
    if (!batch.concurrency) return bad_concurrency();
  }
  return lines ? read_batch_lines(text, options.batch_calls, batch)
               : read_batch(text, options.batch_calls, batch);
}

// A new conversation of a batch stays one: what is in the head is for one conversation alone.
void admit_entry(ChatRight& right, BatchEntry& entry) {
  const auto shown = std::exchange(entry.session_token, "");
  if (entry.problem || entry.request.session_id.empty()) return;
  entry.problem = right.admit(entry.request.session_id, {entry.request.client_message_id, shown});
}

std::optional<Problem> admit_calls(Service& service, Exchange& exchange, std::size_t calls) {
  return service.rates.admit_batch(exchange, address_of(service, exchange), static_cast<int>(calls),
                                   service.clock.now());
}

// All calls of a session or none: what comes after a message that was left out would not fit.
void admit_sessions(Service& service, std::vector<BatchEntry>& entries) {
  std::map<std::string, int> calls;
  for (const auto& entry : entries) {
    if (!entry.problem && !entry.request.session_id.empty()) ++calls[entry.request.session_id];
  }
  std::map<std::string, Problem> refused;
  for (const auto& [session, count] : calls) {
    if (auto problem = service.rates.admit_in_batch(session, count, service.clock.now())) {
      refused.emplace(session, std::move(*problem));
    }
  }
  for (auto& entry : entries) {
    const auto found = refused.find(entry.request.session_id);
    if (!entry.problem && found != refused.end()) entry.problem = found->second;
  }
}

std::vector<orchestrator::BatchCall> calls_of(const std::vector<BatchEntry>& entries) {
  std::vector<orchestrator::BatchCall> calls;
  for (const auto& entry : entries) {
    if (!entry.problem) calls.push_back({entry.index, entry.request});
  }
  return calls;
}

// The results of what cannot be tried, at once. False: nobody reads them.
bool send_problems(Exchange& exchange, const std::vector<BatchEntry>& entries, std::size_t& sent) {
  for (const auto& entry : entries) {
    if (!entry.problem) continue;
    ++sent;
    if (!exchange.line(problem_line(entry, *entry.problem))) return false;
  }
  return true;
}

// A reply is held back when nobody could go on after it: sent again, the message is given the same
// one. Adds to `held_back` then.
std::string told_line(const ChatRight& right, BatchEntry& entry,
                      const Outcome<orchestrator::ChatReply>& reply, std::size_t& held_back) {
  if (entry.request.session_id.empty()) return result_line(entry, reply);
  auto token = right.token_for(entry.request.session_id);
  if (!token && reply) {
    ++held_back;
    return problem_line(entry, problem_of(token.error()));
  }
  if (token) entry.session_token = std::move(*token);
  return result_line(entry, reply);
}

std::string last_line(const orchestrator::BatchCount& count) {
  Json out{{"done", count.left == 0}, {"good", count.good}, {"failed", count.failed}};
  if (count.left > 0) out["left"] = count.left;
  return core::canonical(out);
}

}  // namespace

void serve_batch(Service& service, Exchange& exchange) {
  BatchBody batch;
  if (const auto problem = read(service, exchange, batch))
    return exchange.problem(*problem, service.clock);
  // Not before: who sends a byte a second takes nobody's turn.
  std::optional<BatchGate> gate;
  if (gate.emplace(service).hold(1) == 0) return exchange.problem(overloaded(), service.clock);
  if (const auto problem = admit_calls(service, exchange, batch.entries.size())) {
    return exchange.problem(*problem, service.clock);
  }
  ChatRight right(service, exchange);
  for (auto& entry : batch.entries) admit_entry(right, entry);
  admit_sessions(service, batch.entries);
  auto calls = calls_of(batch.entries);
  for (auto& call : calls) call.request.trace = caller_trace(exchange);
  const int most = service.options.batch_concurrency;
  const int useful =
      static_cast<int>(std::min(orchestrator::sessions_in(calls), std::size_t(most)));
  exchange.begin_lines("application/x-ndjson");
  std::size_t bad = 0;
  if (!send_problems(exchange, batch.entries, bad)) return;
  orchestrator::BatchPlan plan;
  plan.workers = gate->hold(std::min(batch.concurrency.value_or(most), useful));
  plan.may_begin = [&] { return !service.stopping.load() && !exchange.gone(); };
  std::size_t held_back = 0;
  plan.finished = [&](std::size_t index, const Outcome<orchestrator::ChatReply>& reply) {
    exchange.line(told_line(right, batch.entries[index], reply, held_back));
  };
  auto count = orchestrator::run_batch(service.orchestrator, std::move(calls), plan);
  count.good -= held_back;
  count.failed += bad + held_back;
  gate.reset();  // whoever reads the last line may send the next batch
  exchange.line(last_line(count));
  if (exchange.gone() || count.left > 0) exchange.close_afterwards();
  service.log.info("batch.done", {{"good", static_cast<std::int64_t>(count.good)},
                                  {"failed", static_cast<std::int64_t>(count.failed)},
                                  {"left", static_cast<std::int64_t>(count.left)}});
}

}  // namespace dugout::http

#include "chaos/faulty_provider.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json.hpp"

namespace dugout::chaos {
namespace {

using core::Json;

// Tokens of a usual turn, so that what is wasted can be counted.
constexpr int kInputTokens = 1200, kOutputTokens = 80;

std::string envelope(const std::string& text, bool truncated) {
  Json out{{"id", "resp_chaos"},
           {"object", "response"},
           {"status", truncated ? "incomplete" : "completed"},
           {"output",
            {{{"type", "message"},
              {"role", "assistant"},
              {"status", truncated ? "incomplete" : "completed"},
              {"content", {{{"type", "output_text"}, {"text", text}}}}}}},
           {"usage", {{"input_tokens", kInputTokens}, {"output_tokens", kOutputTokens}}}};
  if (truncated) out["incomplete_details"] = {{"reason", "max_output_tokens"}};
  return out.dump();
}

// The same in the shape of the older API.
std::string chat_envelope(const std::string& text, bool truncated) {
  return Json{{"id", "chatcmpl_chaos"},
              {"object", "chat.completion"},
              {"choices",
               {{{"index", 0},
                 {"message", {{"role", "assistant"}, {"content", text}}},
                 {"finish_reason", truncated ? "length" : "stop"}}}},
              {"usage", {{"prompt_tokens", kInputTokens}, {"completion_tokens", kOutputTokens}}}}
      .dump();
}

// An answer that stays where it is: nothing was said that could move the conversation.
std::string good_text() {
  return Json{{"agent_final_response",
               "Thank you for asking! Training is on Wednesdays. What is your full name, please?"},
              {"routine_number", 1}}
      .dump();
}

net::HttpResponse reply(int status, std::string body) {
  return {status, {{"content-type", "application/json"}}, std::move(body)};
}

net::HttpResponse refusal(const Fault& fault) {
  auto out = reply(fault.status,
                   Json{{"error",
                         {{"message", "scripted fault"},
                          {"type", fault.status == 429 ? "rate_limit_error" : "server_error"},
                          {"code", fault.code.empty() ? Json() : Json(fault.code)}}}}
                       .dump());
  if (fault.retry_after > 0) {
    out.headers["retry-after-ms"] =
        std::to_string(static_cast<long long>(std::lround(fault.retry_after * 1000.0)));
  }
  return out;
}

}  // namespace

FaultyProvider::FaultyProvider(const Scenario& scenario, core::Clock& clock, unsigned seed,
                               std::map<std::string, std::string> base_urls)
    : scenario_(scenario),
      clock_(clock),
      started_(clock.now()),
      base_urls_(std::move(base_urls)),
      engine_(seed) {}

std::vector<Asked> FaultyProvider::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

double FaultyProvider::elapsed() const {
  return core::seconds(clock_.now() - started_);
}

std::string FaultyProvider::target_of(const net::HttpRequest& request) const {
  const auto body = core::parse_json(request.body);
  const auto model = body && body->is_object() ? core::member(*body, "model") : std::string();
  for (const auto& [url, provider] : base_urls_) {
    if (request.url.compare(0, url.size(), url) == 0) return provider + "/" + model;
  }
  return model;
}

const Fault* FaultyProvider::fault_for(const std::string& target) {
  std::uniform_real_distribution<double> chance(0.0, 1.0);
  const std::lock_guard lock(mutex_);
  for (const auto& fault : scenario_.faults) {
    if (scenario_.strikes(fault, target, elapsed()) && chance(engine_) < fault.share) return &fault;
  }
  return nullptr;
}

double FaultyProvider::good_latency() {
  std::lognormal_distribution<double> times(std::log(scenario_.latency), scenario_.spread);
  const std::lock_guard lock(mutex_);
  return times(engine_);
}

void FaultyProvider::note(Asked asked) {
  const std::lock_guard lock(mutex_);
  asked_.push_back(std::move(asked));
}

Status FaultyProvider::spend(double seconds, const net::HttpTimes& times) {
  auto bound = times.total;
  for (const auto part : {times.first_byte, times.idle}) {
    if (part > core::Duration::zero()) bound = std::min(bound, part);
  }
  static const core::CancelToken kNever;
  const auto& cancel = times.cancel != nullptr ? *times.cancel : kNever;
  const auto pause = duration_of(seconds);
  if (!clock_.sleep(std::min(pause, bound), cancel)) return Error{Code::kUnavailable, "cancelled"};
  if (pause > bound) return Error{Code::kTimeout, "no complete answer within the time allowed"};
  return Done{};
}

Outcome<net::HttpResponse> FaultyProvider::send(const net::HttpRequest& request,
                                                const net::HttpTimes& times) {
  const auto target = target_of(request);
  const auto* fault = fault_for(target);
  note({elapsed(), target, fault != nullptr});
  const bool slow = fault == nullptr || fault->kind == Fault::Kind::kTruncate ||
                    fault->kind == Fault::Kind::kGarble || fault->kind == Fault::Kind::kEmpty;
  if (const auto spent = spend(slow ? good_latency() : fault->latency, times); !spent) {
    return spent.error();
  }
  const bool chat = request.url.find("/chat/completions") != std::string::npos;
  const auto says = [&](const std::string& text, bool truncated) {
    return reply(200, chat ? chat_envelope(text, truncated) : envelope(text, truncated));
  };
  if (fault == nullptr) return says(good_text(), false);
  switch (fault->kind) {
    case Fault::Kind::kRefuse:
      return Error{Code::kUnavailable, "Connection refused", net::kNeverSent};
    case Fault::Kind::kStatus:
      return refusal(*fault);
    case Fault::Kind::kTruncate:
      return says(good_text().substr(0, 40), true);
    case Fault::Kind::kGarble:
      return says("{\"agent_final_response\": \"Thank you", false);
    case Fault::Kind::kEmpty:
      return says("", false);
    case Fault::Kind::kSlow:
      break;
  }
  return says(good_text(), false);
}

}  // namespace dugout::chaos

#include "http/rate_gate.hpp"

#include <cmath>

#include "core/random.hpp"

namespace dugout::http {
namespace {

// Those that say whether the server is well must not be the first to fall silent.
bool is_probe(const std::string& path) {
  return path == "/health" || path == "/ready";
}

long long whole_seconds(core::Duration time) {
  return static_cast<long long>(std::ceil(core::seconds(time)));
}

Problem too_many(const RateVerdict& verdict, bool of_session) {
  Problem problem;
  problem.status = 429;
  problem.title = "Too many requests";
  problem.detail = of_session ? "Too many messages in this conversation; wait a moment, then send "
                                "the same message again."
                              : "Too many requests from your address; wait a moment, then send the "
                                "same request again.";
  problem.retry_after = static_cast<int>(std::max(whole_seconds(verdict.retry_in), 1LL));
  return problem;
}

}  // namespace

RateGate::RateGate(const RateOptions& options, observability::DoorFigures* figures)
    : enabled_(options.enabled),
      figures_(figures),
      chat_(options.chat),
      upload_(options.upload),
      batch_(options.batch),
      other_(options.other),
      session_(options.session) {}

std::optional<Problem> RateGate::ask(Exchange& exchange, RateLimit& limit, const char* name,
                                     std::string_view key, core::MonoTime now, int count) {
  if (!enabled_ || !limit.rate().limits()) return std::nullopt;
  const auto verdict = limit.take(key, now, count);
  const auto& rate = limit.rate();
  const auto window = static_cast<long long>(std::ceil(rate.burst / rate.per_second));
  const auto item = "\"" + std::string(name) + "\"";
  exchange.header("RateLimit-Policy", item + ";q=" + std::to_string(rate.burst) +
                                          ";w=" + std::to_string(std::max(window, 1LL)));
  exchange.header("RateLimit", item + ";r=" + std::to_string(verdict.left) +
                                   ";t=" + std::to_string(whole_seconds(verdict.full)));
  return verdict.admitted ? std::nullopt : std::optional(refused(limit, verdict));
}

Problem RateGate::refused(const RateLimit& limit, const RateVerdict& verdict) {
  const bool of_session = &limit == &session_;
  if (figures_ != nullptr) {
    figures_->count(of_session ? observability::Refusal::kRateSession
                               : observability::Refusal::kRateAddress);
  }
  return too_many(verdict, of_session);
}

std::optional<Problem> RateGate::admit(Exchange& exchange, const std::string& address,
                                       core::MonoTime now) {
  const auto path = exchange.path();
  if (is_probe(path)) return std::nullopt;
  const bool post = exchange.request().getMethod() == "POST";
  if (post && path == "/chat") return ask(exchange, chat_, "chat", address, now);
  if (post && path == "/chat/batch") return ask(exchange, batch_, "batch", address, now);
  if (post && path.starts_with("/upload")) return ask(exchange, upload_, "upload", address, now);
  return ask(exchange, other_, "requests", address, now);
}

std::optional<Problem> RateGate::admit_session(Exchange& exchange, std::string_view session,
                                               core::MonoTime now) {
  if (session.empty()) return std::nullopt;
  return ask(exchange, session_, "session", core::stable_hash(session), now);
}

std::optional<Problem> RateGate::admit_batch(Exchange& exchange, const std::string& address,
                                             int calls, core::MonoTime now) {
  return calls == 0 ? std::nullopt : ask(exchange, chat_, "chat", address, now, calls);
}

std::optional<Problem> RateGate::admit_in_batch(std::string_view session, int calls,
                                                core::MonoTime now) {
  if (!enabled_ || !session_.rate().limits()) return std::nullopt;
  const auto verdict = session_.take(core::stable_hash(session), now, calls);
  return verdict.admitted ? std::nullopt : std::optional(refused(session_, verdict));
}

}  // namespace dugout::http

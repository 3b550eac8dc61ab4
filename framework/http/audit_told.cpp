// GET /api/audit: the latest lines of the audit log, and whether its chain is whole.
#include "http/audit_told.hpp"

#include <deque>
#include <nlohmann/json.hpp>

#include "core/digest.hpp"
#include "core/json.hpp"
#include "http/endpoints.hpp"
#include "http/overview_query.hpp"

namespace dugout::http {
namespace {

using core::Json;

constexpr std::int64_t kUsualAuditLines = 100, kMostAuditLines = 1000;

Json audit_line(const observability::AuditLine& line) {
  return {{"n", line.number},  {"at", line.at},         {"who", line.who},
          {"what", line.what}, {"target", line.target}, {"outcome", line.outcome}};
}

}  // namespace

bool AuditTold::first_look(const std::string& who_and_what, core::MonoTime now) {
  const std::lock_guard lock(mutex_);
  if (looks_.size() >= kMost) {
    std::erase_if(looks_, [now](const auto& look) { return look.second <= now; });
    if (looks_.size() >= kMost) looks_.clear();
  }
  auto& until = looks_[who_and_what];
  if (until > now) return false;
  until = now + kLookedAgain;
  return true;
}

bool AuditTold::may_refuse(core::MonoTime now, int& left_out) {
  const std::lock_guard lock(mutex_);
  if (refused_ == 0 || now - minute_ >= std::chrono::minutes(1)) {
    minute_ = now;
    refused_ = 0;
  }
  if (refused_ >= kRefusalsPerMinute) {
    ++left_out_;
    return false;
  }
  ++refused_;
  left_out = std::exchange(left_out_, 0);
  return true;
}

void tell_audit(Service& service, std::string_view who, std::string_view what,
                std::string_view target, std::string_view outcome) {
  auto* audit = service.options.access.audit;
  if (audit == nullptr) return;
  if (const auto written = audit->write(who, what, target, outcome); !written) {
    service.log.error("audit.not_written",
                      {{"what", std::string(what)}, {"why", written.error().message}});
  }
}

void tell_look(Service& service, const std::string& who, const std::string& what,
               const std::string& target) {
  if (!service.audit_told.first_look(who + " " + what + " " + target, service.clock.now())) return;
  tell_audit(service, who, what, target);
}

void tell_refusal(Service& service, std::string_view who, std::string_view what,
                  std::string_view target) {
  int left_out = 0;
  if (!service.audit_told.may_refuse(service.clock.now(), left_out)) return;
  tell_audit(service, who, what, target,
             left_out == 0 ? "refused"
                           : "refused; " + std::to_string(left_out) + " before it not written");
}

std::string chat_key_of(const AccessOptions& access) {
  return access.chat_key.empty() ? core::random_bytes(32) : access.chat_key;
}

void serve_audit(Service& service, Exchange& exchange) {
  auto* audit = service.options.access.audit;
  if (audit == nullptr) return exchange.problem(nothing_at(exchange.path()), service.clock);
  // Each reads and checks all of the log.
  const OverviewGate gate(service, exchange);
  if (!gate.admitted()) return;
  OverviewQuery query(exchange);
  const auto limit =
      static_cast<std::size_t>(query.number("limit", 1, kMostAuditLines, kUsualAuditLines));
  if (query.refused(service, exchange)) return;
  tell_look(service, exchange.who(), "audit.viewed", "");
  std::deque<Json> latest;
  const auto check = observability::check_audit(audit->folder(), {}, [&](const auto& line) {
    latest.push_back(audit_line(line));
    if (latest.size() > limit) latest.pop_front();
  });
  Json out{{"lines", latest}, {"whole", true}, {"head", ""}, {"broken", ""}};
  if (check) {
    out["whole"] = check->broken.empty();
    out["broken"] = check->broken;
    out["head"] = check->head;
  }
  exchange.json(200, core::canonical(out));
}

}  // namespace dugout::http

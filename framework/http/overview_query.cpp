#include "http/overview_query.hpp"

#include <charconv>

#include "dugout/sdk/dates.hpp"

namespace dugout::http {
namespace {

constexpr int kOverviewsAtOnce = 8;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kMostHours = 8760;

}  // namespace

OverviewGate::OverviewGate(Service& service, Exchange& exchange) : service_(service) {
  if (service.options.store == nullptr) {
    exchange.problem(nothing_at(exchange.path()), service.clock);
    return;
  }
  counted_ = true;
  admitted_ = service.overviews.fetch_add(1) < kOverviewsAtOnce;
  if (admitted_) return;
  Problem problem;
  problem.status = 503;
  problem.title = "Too busy";
  problem.detail = "Too many overviews are asked for at once; ask again in a moment.";
  problem.retry_after = 1;
  exchange.problem(problem, service.clock);
}

OverviewGate::~OverviewGate() {
  if (counted_) service_.overviews.fetch_sub(1);
}

std::int64_t OverviewQuery::number(std::string_view name, std::int64_t least, std::int64_t most,
                                   std::int64_t otherwise) {
  const auto text = exchange_.query(name);
  if (!text) return otherwise;
  std::int64_t value = 0;
  const auto* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, value);
  if (read.ec == std::errc() && read.ptr == end && value >= least && value <= most) return value;
  refuse(name, "a number from " + std::to_string(least) + " to " + std::to_string(most));
  return otherwise;
}

bool OverviewQuery::truth(std::string_view name) {
  const auto text = exchange_.query(name);
  if (!text || *text == "false" || *text == "0") return false;
  if (*text != "true" && *text != "1") refuse(name, "true or false");
  return true;
}

void OverviewQuery::refuse(std::string_view name, const std::string& wanted) {
  if (wrong_) return;
  wrong_.emplace();
  wrong_->status = 400;
  wrong_->title = "A parameter cannot be used";
  wrong_->detail = "The parameter \"" + std::string(name) + "\" must be " + wanted + ".";
}

bool OverviewQuery::refused(Service& service, Exchange& exchange) const {
  if (wrong_) exchange.problem(*wrong_, service.clock);
  return wrong_.has_value();
}

Problem overview_problem(const Error& error) {
  auto problem = problem_of(error);
  problem.detail = "The store cannot serve this just now.";
  return problem;
}

std::string overview_time(std::int64_t unix_ms) {
  return sdk::iso_time(unix_ms);
}

std::int64_t overview_now(Service& service) {
  return service.clock.wall_now().time_since_epoch().count();
}

std::int64_t stopped_before(Service& service, OverviewQuery& query) {
  return overview_now(service) - query.number("hours", 1, kMostHours, kStoppedHours) * kHourMs;
}

}  // namespace dugout::http

#include "http/dashboard_data.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/random.hpp"
#include "core/text.hpp"
#include "dugout/sdk/dates.hpp"

namespace dugout::http {
namespace {

using core::Json;
using observability::FigureSnapshot;
using observability::KnownNames;
using observability::kStages;
using observability::Spread;
using observability::Stage;
using observability::Standing;
using observability::Tally;
using observability::top_errors;

constexpr std::size_t kTopErrors = 5;
constexpr int kStepSeconds = 60;

Json figure_or_null(const std::optional<double>& figure) {
  return figure ? Json(*figure) : Json(nullptr);
}

std::string wall_text(core::WallTime time) {
  return sdk::iso_time(time.time_since_epoch().count());
}

double in_ms(core::Duration duration) {
  return core::seconds(duration) * 1000.0;
}

// Whoever has the whole id of a session may go on with it.
std::string shown_session(const std::string& session) {
  constexpr std::size_t kLength = 16;
  const bool is_short = session.size() == kLength &&
                        session.find_first_not_of("0123456789abcdef") == std::string::npos;
  return is_short ? session : core::stable_hash(session);
}

std::string percent(double rate) {
  return core::fixed(rate * 100.0, 1) + " %";
}

// The rate decides; what else is out of order is said as well.
Json health_of(const DashboardParts& parts) {
  const auto rate = parts.figures.hour.all.success_rate();
  const bool healthy = !rate || *rate > observability::kHealthyAbove;
  Json reasons = Json::array();
  if (!healthy) {
    reasons.push_back(percent(*rate) + " of the attempts of the last hour succeeded; more than " +
                      percent(observability::kHealthyAbove) + " should");
    for (const auto& error : top_errors(parts.figures.hour, *parts.figures.names, 1)) {
      reasons.push_back("the most frequent failure is " + error.name + ", " + percent(error.share) +
                        " of all");
    }
  }
  for (const auto& target : parts.standing.targets) {
    if (target.state == "open")
      reasons.push_back(target.name + " is not asked: its breaker is open");
  }
  for (const auto& plugin : parts.standing.plugins) {
    if (plugin.state == "quarantined") reasons.push_back(plugin.id + " is quarantined");
  }
  if (parts.standing.reloads.last_refused) {
    reasons.push_back("the files on the disk were refused; older ones serve (`dugout check`)");
  }
  return {{"state", healthy ? "healthy" : "degraded"},
          {"success_rate", figure_or_null(rate)},
          {"threshold", observability::kHealthyAbove},
          {"reasons", std::move(reasons)}};
}

Json retry_metrics_of(const Tally& hour, const KnownNames& names) {
  Json types = Json::array(), errors = Json::array();
  for (std::size_t at = 0; at < names.call_types.size(); ++at) {
    const auto& counts = hour.by_call_type[at];
    const auto& name = names.call_types.all()[at];
    if (counts.calls == 0 && name == observability::kOther) continue;
    types.push_back({{"call_type", name},
                     {"calls", counts.calls},
                     {"attempts", counts.attempts},
                     {"success_rate", figure_or_null(counts.success_rate())},
                     {"first_try_rate", figure_or_null(counts.first_try_rate())},
                     {"after_retry_rate", figure_or_null(counts.after_retry_rate())}});
  }
  for (const auto& error : top_errors(hour, names, kTopErrors)) {
    errors.push_back({{"class", error.name}, {"count", error.count}, {"share", error.share}});
  }
  return {{"window_s", observability::Window<Tally>::kMinutes * kStepSeconds},
          {"turns", hour.turns},
          {"calls", hour.all.calls},
          {"attempts", hour.all.attempts},
          {"success_rate", figure_or_null(hour.all.success_rate())},
          {"first_try_rate", figure_or_null(hour.all.first_try_rate())},
          {"after_retry_rate", figure_or_null(hour.all.after_retry_rate())},
          {"attempts_per_success", figure_or_null(hour.all.attempts_per_success())},
          {"by_call_type", std::move(types)},
          {"top_errors", std::move(errors)}};
}

// The steps are of the monotonic clock; where they stand on the wall's, only the server can tell.
Json series_of(const FigureSnapshot& figures, core::WallTime until) {
  Json turns = Json::array(), failed = Json::array(), attempts = Json::array();
  Json p50 = Json::array(), p95 = Json::array();
  for (const auto& minute : figures.minutes) {
    turns.push_back(minute ? minute->turns : 0);
    failed.push_back(minute ? minute->failed : 0);
    attempts.push_back(minute ? minute->all.attempts : 0);
    const auto* took = minute ? &minute->stages.front() : nullptr;
    p50.push_back(took ? figure_or_null(took->percentile(0.50)) : Json(nullptr));
    p95.push_back(took ? figure_or_null(took->percentile(0.95)) : Json(nullptr));
  }
  return {{"step_s", kStepSeconds},
          {"began",
           wall_text(std::chrono::floor<core::WallTime::duration>(until - figures.into_minute))},
          {"until", wall_text(until)},
          {"turns", std::move(turns)},
          {"failed", std::move(failed)},
          {"attempts", std::move(attempts)},
          {"p50_ms", std::move(p50)},
          {"p95_ms", std::move(p95)}};
}

Json attempts_of(const Tally& hour, const KnownNames& names) {
  Json rows = Json::array();
  const auto outcomes = names.outcomes.size();
  for (std::size_t at = 0; at < hour.attempts.size(); ++at) {
    if (hour.attempts[at] == 0) continue;
    rows.push_back({{"target", names.targets.all()[at / outcomes]},
                    {"outcome", names.outcomes.all()[at % outcomes]},
                    {"count", hour.attempts[at]}});
  }
  return rows;
}

Json stage_json(std::string_view name, const Spread& spread) {
  return {{"stage", name},
          {"count", spread.count()},
          {"p50_ms", figure_or_null(spread.percentile(0.50))},
          {"p95_ms", figure_or_null(spread.percentile(0.95))},
          {"p99_ms", figure_or_null(spread.percentile(0.99))}};
}

Json stages_of(const Tally& hour) {
  Json rows = Json::array();
  for (int stage = 0; stage < kStages; ++stage) {
    rows.push_back(stage_json(name_of(static_cast<Stage>(stage)),
                              hour.stages[static_cast<std::size_t>(stage)]));
  }
  rows.push_back(stage_json("own", hour.own));
  return rows;
}

Json guards_of(const Standing& standing) {
  Json targets = Json::array(), under_way = Json::array();
  for (const auto& target : standing.targets) {
    targets.push_back({{"name", target.name},
                       {"state", target.state},
                       {"retry_in_s", target.retry_in},
                       {"opened", target.opened}});
  }
  for (const auto& provider : standing.providers) {
    under_way.push_back({{"provider", provider.name}, {"attempts", provider.attempts}});
  }
  const auto& cache = standing.cache;
  return {{"targets", std::move(targets)},
          {"under_way", std::move(under_way)},
          {"retry_tokens", standing.retry_tokens},
          {"retry_tokens_limit", standing.retry_tokens_limit},
          {"cache",
           {{"hits", cache.hits},
            {"misses", cache.misses},
            {"shared", cache.shared},
            {"entries", cache.entries},
            {"bytes", cache.bytes}}}};
}

Json tools_of(const Tally& hour, const KnownNames& names) {
  Json rows = Json::array();
  for (std::size_t at = 0; at < names.tools.size(); ++at) {
    const auto& counts = hour.tools[at];
    if (counts.runs == 0) continue;
    rows.push_back({{"tool", names.tools.all()[at]},
                    {"runs", counts.runs},
                    {"failed", counts.failed},
                    {"p95_ms", figure_or_null(counts.took.percentile(0.95))}});
  }
  return rows;
}

Json plugins_of(const Standing& standing) {
  Json rows = Json::array();
  for (const auto& plugin : standing.plugins) {
    rows.push_back({{"id", plugin.id},
                    {"version", plugin.version},
                    {"kind", plugin.kind},
                    {"generation", standing.generation},
                    {"state", plugin.state}});
  }
  return rows;
}

Json running_of(const Standing& standing) {
  Json rows = Json::array();
  for (const auto& turn : standing.running) {
    const auto age = std::max(core::Duration::zero(), standing.now - turn.begun);
    rows.push_back({{"turn", turn.turn},
                    {"session", shown_session(turn.session)},
                    {"for_ms", std::llround(in_ms(age))},
                    {"stage", observability::name_of(turn.stage)},
                    {"detail", turn.detail}});
  }
  return rows;
}

}  // namespace

std::string dashboard_json(const DashboardParts& parts) {
  const auto& hour = parts.figures.hour;
  const auto& standing = parts.standing;
  const Json out{{"at", wall_text(parts.at)},
                 {"version", parts.version},
                 {"uptime_s", std::floor(core::seconds(parts.uptime))},
                 {"health", health_of(parts)},
                 {"retry_metrics", retry_metrics_of(hour, *parts.figures.names)},
                 {"sessions", {{"active", parts.figures.active_sessions}}},
                 {"series", series_of(parts.figures, parts.at)},
                 {"attempts", attempts_of(hour, *parts.figures.names)},
                 {"waits", {{"count", hour.waits}, {"total_s", hour.waited_s}}},
                 {"stages", stages_of(hour)},
                 {"cost",
                  {{"input_tokens", hour.input_tokens},
                   {"output_tokens", hour.output_tokens},
                   {"money", hour.money}}},
                 {"guards", guards_of(standing)},
                 {"tools", tools_of(hour, *parts.figures.names)},
                 {"jobs",
                  {{"waiting", standing.jobs.waiting},
                   {"running", standing.jobs.running},
                   {"done", standing.jobs.done},
                   {"given_up", standing.jobs.given_up}}},
                 {"plugins", plugins_of(standing)},
                 {"running", running_of(standing)},
                 {"telemetry",
                  {{"log_dropped", standing.signals.log_dropped},
                   {"spans_exported", standing.signals.spans_exported},
                   {"spans_dropped", standing.signals.spans_dropped},
                   {"export_failing", standing.signals.export_failing}}}};
  return core::canonical(out);
}

}  // namespace dugout::http

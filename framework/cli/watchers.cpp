#include "cli/watchers.hpp"

#include <algorithm>

#include "http/dashboard_data.hpp"
#include "orchestrator/words_check.hpp"
#include "pipeline/failure.hpp"

namespace dugout::cli {
namespace {

using observability::ClosedNames;
using observability::Standing;

constexpr std::size_t kMostRunning = 50;
constexpr auto kJobsEvery = std::chrono::seconds(5);

std::vector<std::string> attempt_outcomes() {
  std::vector<std::string> names{"ok", "tool_calls", "cache_hit", "cancelled", "not_asked"};
  for (std::size_t cls = 0; cls < pipeline::kFailureClasses; ++cls) {
    names.emplace_back(pipeline::name_of(static_cast<pipeline::FailureClass>(cls)));
  }
  return names;
}

// Those that agents name, whether they have credentials or not, and the understudy.
std::vector<std::string> target_names(const routines::Application& application) {
  std::vector<std::string> names{"understudy"};
  for (const auto& [name, agent] : application.agents) {
    if (!agent.model.empty()) names.push_back(agent.model);
    names.insert(names.end(), agent.fallbacks.begin(), agent.fallbacks.end());
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string kind_of(const std::string& id) {
  return id.substr(0, id.find('.'));
}

std::vector<std::string> plugin_names(const host::Generation& plugins, std::string_view kind) {
  std::vector<std::string> names;
  for (const auto& info : plugins.plugins()) {
    if (kind_of(info.manifest.id) == kind)
      names.push_back(info.manifest.id.substr(kind.size() + 1));
  }
  return names;
}

}  // namespace

observability::KnownNames known_names(Set& set) {
  std::vector<std::string> agents, call_types;
  for (const auto& [name, agent] : set.application()->agents) {
    agents.push_back(name);
    call_types.push_back(agent.call_type);
  }
  observability::KnownNames names;
  names.agents = ClosedNames(std::move(agents));
  names.call_types = ClosedNames(std::move(call_types));
  names.targets = ClosedNames(target_names(*set.application()));
  names.tools = ClosedNames(plugin_names(*set.plugins(), "tool"));
  names.validators = ClosedNames(plugin_names(*set.plugins(), "validator"));
  names.outcomes = ClosedNames(attempt_outcomes());
  names.actions = ClosedNames({"retry", "next_target", "truncate_history", "simplify_prompt",
                               "reask", "raise_output_limit", "next_key", "stop"});
  names.turn_outcomes = ClosedNames({"ok", "unavailable", "store", "failed"});
  names.tool_codes =
      ClosedNames({"ok", "stored", "timeout", "unavailable", "internal", "invalid_arguments",
                   "unknown_tool", "unknown_outcome", "not_found", "not_configured"});
  names.words_kinds = ClosedNames(orchestrator::words_kinds());
  return names;
}

ProductStanding::ProductStanding(Set& set, orchestrator::Orchestrator& orchestrator,
                                 const orchestrator::Takeover& takeover,
                                 const observability::Telemetry& telemetry,
                                 const observability::Figures* figures,
                                 const observability::TraceExporter* exporter)
    : set_(set),
      orchestrator_(orchestrator),
      takeover_(takeover),
      telemetry_(telemetry),
      figures_(figures),
      exporter_(exporter) {}

Standing ProductStanding::standing() {
  Standing out;
  out.now = set_.clock().now();
  out.jobs = jobs();
  const auto taken = takeover_.counts();
  out.recovered = {taken.answered, taken.file_gone, taken.passed, taken.put_off};
  add_guards(out);
  add_plugins(out);
  add_doors(out);
  const auto log = set_.log().counts();
  out.signals.log_dropped = log.dropped + log.failed;
  if (exporter_ != nullptr) {
    const auto counts = exporter_->counts();
    out.signals.spans_exported = counts.exported;
    out.signals.spans_dropped = counts.dropped + counts.rejected;
    out.signals.export_failing = counts.failing;
  }
  out.running = telemetry_.running(kMostRunning);
  out.running_turns = telemetry_.running_count();
  if (figures_ != nullptr) out.active_sessions = figures_->active_sessions();
  return out;
}

void ProductStanding::add_doors(Standing& out) const {
  out.doors.connections = doors_->connections.load();
  out.doors.certificate_expires = doors_->certificate_expires.load();
  out.doors.certificates_refused = doors_->certificates_refused.load();
  for (std::size_t at = 0; at < observability::kRefusals; ++at) {
    const auto reason = static_cast<observability::Refusal>(at);
    out.doors.refused.push_back(
        {std::string(observability::name_of(reason)), doors_->refused(reason)});
  }
}

// A guard is made with the first attempt; until then its target stands as it would.
void ProductStanding::add_guards(Standing& out) const {
  const auto guards = orchestrator_.guards();
  for (const auto& target : guards.targets) {
    out.targets.push_back({target.name, target.state, target.retry_in, target.opened});
  }
  for (const auto& [name, attempts] : guards.under_way) out.providers.push_back({name, attempts});
  for (const auto& name : target_names(*set_.application())) {
    const auto slash = name.find('/');
    if (slash == std::string::npos) continue;  // our own: nothing guards it
    const auto provider = name.substr(0, slash);
    const auto called = [](const auto& wanted) {
      return [&wanted](const auto& known) { return known.name == wanted; };
    };
    if (std::none_of(out.targets.begin(), out.targets.end(), called(name))) {
      out.targets.push_back({name, "closed", 0.0, 0});
    }
    if (std::none_of(out.providers.begin(), out.providers.end(), called(provider))) {
      out.providers.push_back({provider, 0});
    }
  }
  out.retry_tokens = guards.retry_tokens;
  out.retry_tokens_limit = set_.settings().resilience.retry_budget.tokens;
  out.cache = {guards.cache.hits, guards.cache.misses, guards.cache.shared, guards.cache.entries,
               guards.cache.bytes};
}

void ProductStanding::add_plugins(Standing& out) const {
  const auto plugins = set_.plugins();
  for (const auto& info : plugins->plugins()) {
    const auto& id = info.manifest.id;
    const auto counts = plugins->counts(id);
    out.plugins.push_back({id, info.manifest.version, kind_of(id), std::string(plugins->health(id)),
                           counts.errors, counts.slow, counts.restarts});
  }
  out.generation = orchestrator_.generation();
  if (reloads_) out.reloads = reloads_();
}

// When the store cannot tell, what it told before stands.
Standing::Jobs ProductStanding::jobs() {
  const auto now = set_.clock().now();
  {
    const std::lock_guard lock(mutex_);
    if (counted_ && now - *counted_ < kJobsEvery) return jobs_;
    counted_ = now;
  }
  const auto counts = set_.store().job_counts();
  const std::lock_guard lock(mutex_);
  if (counts) jobs_ = {counts->waiting, counts->running, counts->done, counts->failed};
  return jobs_;
}

Watchers::Watchers(Set& set)
    : set_(set),
      begun_(set.clock().now()),
      telemetry_(telemetry_options(set.settings())),
      traces_(TraceExport::open(set.settings(), set.clock(), set.log())) {
  const bool wanted = set.settings().metrics.enabled || set.settings().has_operators();
  if (wanted) {
    figures_ = std::make_unique<observability::Figures>(known_names(set), set.clock());
    telemetry_.add(*figures_);
  }
  if (traces_ != nullptr) telemetry_.add(traces_->exporter());
}

Watchers::~Watchers() {
  stop();
}

void Watchers::watch(App& app, http::ServerOptions& options) {
  standing_ = std::make_unique<ProductStanding>(
      set_, app.orchestrator(), app.takeover(), telemetry_, figures_.get(),
      traces_ == nullptr ? nullptr : &traces_->exporter());
  options.figures = standing_->doors();
  if (set_.settings().metrics.enabled) {
    metrics_ =
        std::make_unique<observability::Metrics>(*figures_->names(), *standing_, DUGOUT_VERSION);
    telemetry_.add(*metrics_);
    metrics_text_ = std::make_unique<observability::SharedText>([this] { return metrics_->text(); },
                                                                set_.clock());
    options.metrics = [this] { return metrics_text_->get(); };
    options.metrics_token = set_.settings().metrics.token.reveal();
  }
  if (set_.settings().has_operators()) {
    dashboard_text_ =
        std::make_unique<observability::SharedText>([this] { return dashboard(); }, set_.clock());
    options.dashboard = [this] { return dashboard_text_->get(); };
  }
}

void Watchers::learn() {
  if (figures_ == nullptr) return;
  const auto names = known_names(set_);
  figures_->learn(names);
  if (metrics_ != nullptr) metrics_->learn(names);
}

std::string Watchers::dashboard() {
  const auto figures = figures_->snapshot();
  const auto standing = standing_->standing();
  return http::dashboard_json(
      {figures, standing, set_.clock().wall_now(), set_.clock().now() - begun_, DUGOUT_VERSION});
}

void Watchers::start() {
  if (traces_ == nullptr) return;
  traces_->exporter().start();
  started_ = true;
}

void Watchers::stop() {
  if (started_) traces_->exporter().stop();
  started_ = false;
}

}  // namespace dugout::cli

#include "orchestrator/targets.hpp"

#include "orchestrator/plugin_parts.hpp"
#include "orchestrator/provider_model.hpp"
#include "orchestrator/understudy.hpp"

namespace dugout::orchestrator {

Targets::Targets(const Parts& parts, const OrchestratorOptions& options, Guards& guards)
    : adaptive_(options.resilience.adaptive),
      chooser_(tuner_mode_named(options.resilience.tuner_mode).value_or(TunerMode::kOff),
               options.resilience.tuner.empty() ? nullptr
                                                : parts.plugins->tuner(options.resilience.tuner),
               parts.log),
      words_(*parts.application, options.link_hosts) {
  for (const auto& [name, agent] : parts.application->agents) {
    auto& targets = agents_[name];
    add_models(agent, targets, parts, options, guards);
    for (const auto& parser : agent.parsers) {
      if (auto handle = parts.plugins->parser(parser)) {
        targets.parsers.push_back(std::make_unique<PluginParser>(std::move(handle)));
      }
    }
    for (const auto& strategy : agent.recovery) {
      if (auto handle = parts.plugins->recovery(strategy)) {
        targets.advisors.push_back(std::make_unique<PluginAdvisor>(std::move(handle)));
      }
    }
    add_validators(agent, targets, parts);
  }
  for (const auto& [name, flow] : parts.application->flows) following_[name] = following(flow);
}

void Targets::add_validators(const routines::Agent& agent, AgentTargets& targets,
                             const Parts& parts) {
  for (const auto& use : agent.validators) {
    auto handle = parts.plugins->validator(use.name);
    if (handle == nullptr) continue;
    targets.validators.push_back(std::make_unique<PluginValidator>(std::move(handle)));
    targets.weighed.push_back({targets.validators.back().get(), use.weight});
  }
}

void Targets::add_models(const routines::Agent& agent, AgentTargets& targets, const Parts& parts,
                         const OrchestratorOptions& options, Guards& guards) {
  auto names = agent.fallbacks;
  names.insert(names.begin(), agent.model);
  for (const auto& name : names) {
    if (name == kUnderstudy) {
      targets.understudy = true;
      continue;
    }
    const auto slash = name.find('/');
    const auto provider = name.substr(0, slash);
    const auto settings = options.providers.find(provider);
    const bool configured = settings != options.providers.end();
    const auto codec = configured ? parts.plugins->provider(settings->second.codec) : nullptr;
    if (codec == nullptr || slash == std::string::npos) {
      if (left_out_.insert(name).second) {
        parts.log.info("target.left_out",
                       {observability::Field::safe("target", name),
                        observability::Field::safe(
                            "why", configured ? "no such provider plugin" : "no credentials")});
      }
      continue;
    }
    auto& ring = keys_[provider];
    if (ring == nullptr) {
      ring = std::make_shared<KeyRing>(settings->second.api_key, settings->second.more_keys);
    }
    targets.models.push_back(guards.guarded(
        std::make_unique<ProviderModel>(name, name.substr(slash + 1), agent.text_at, codec,
                                        settings->second, ring, parts.http, parts.clock)));
  }
}

const AgentTargets& Targets::of(const std::string& agent) const {
  static const AgentTargets none;
  const auto found = agents_.find(agent);
  return found == agents_.end() ? none : found->second;
}

RetryChoice Targets::choose(const pipeline::RetryOptions& options, const RetryFacts& facts) const {
  return chooser_.choose(pipeline::adapted(options, facts.recent, adaptive_), facts);
}

const std::vector<int>& Targets::next(const std::string& flow, int routine) const {
  static const std::vector<int> none;
  const auto found = following_.find(flow);
  if (found == following_.end()) return none;
  const auto at = found->second.find(routine);
  return at == found->second.end() ? none : at->second;
}

}  // namespace dugout::orchestrator

// Loading: every manifest found becomes a plugin at work, or a refusal with its reason.
#include <algorithm>

#include "config/yaml.hpp"
#include "host/calls.hpp"
#include "host/faces.hpp"
#include "host/isolated.hpp"
#include "host/manifest.hpp"
#include "host/plugin.hpp"

namespace dugout::host {
namespace {

template <typename Handle>
using Handles = std::map<std::string, std::shared_ptr<const Handle>, std::less<>>;

template <typename Handle>
std::shared_ptr<const Handle> find(const Handles<Handle>& handles, std::string_view name) {
  const auto found = handles.find(name);
  return found == handles.end() ? nullptr : found->second;
}

class Loaded final : public Generation {
 public:
  ~Loaded() override { sweep_calls(); }

  std::shared_ptr<const ParserHandle> parser(std::string_view name) const override {
    return find(parsers_, name);
  }
  std::shared_ptr<const RecoveryHandle> recovery(std::string_view name) const override {
    return find(recoveries_, name);
  }
  std::shared_ptr<const ProviderHandle> provider(std::string_view name) const override {
    return find(providers_, name);
  }
  std::shared_ptr<const ToolHandle> tool(std::string_view name) const override {
    return find(tools_, name);
  }
  std::shared_ptr<const ValidatorHandle> validator(std::string_view name) const override {
    return find(validators_, name);
  }
  std::shared_ptr<const TunerHandle> tuner(std::string_view name) const override {
    return find(tuners_, name);
  }
  std::vector<std::string> tool_names() const override {
    std::vector<std::string> names;
    for (const auto& [name, handle] : tools_) names.push_back(name);
    return names;
  }
  const std::vector<PluginInfo>& plugins() const override { return plugins_; }
  std::string_view health(std::string_view id) const override {
    const auto found = at_work_.find(id);
    return found == at_work_.end() ? "refused" : found->second->health().state();
  }
  PluginCounts counts(std::string_view id) const override {
    const auto found = at_work_.find(id);
    return found == at_work_.end() ? PluginCounts{} : found->second->counts();
  }

  void add(Found found, const LoadOptions& options, core::Findings& findings);

 private:
  bool add_faces(const std::shared_ptr<Plugin>& plugin, core::Findings& findings);

  Handles<ParserHandle> parsers_;
  Handles<RecoveryHandle> recoveries_;
  Handles<ProviderHandle> providers_;
  Handles<ValidatorHandle> validators_;
  Handles<TunerHandle> tuners_;
  Handles<ToolHandle> tools_;
  std::map<std::string, std::shared_ptr<const Plugin>, std::less<>> at_work_;  // by id
  std::vector<PluginInfo> plugins_;
};

std::shared_ptr<Plugin> start(const Manifest& manifest, const LoadOptions& options,
                              core::Findings& findings) {
  const auto given = options.configs.find(manifest.id);
  const auto config = checked_config(
      manifest, given == options.configs.end() ? "{}" : given->second, options.shared, findings);
  if (config.empty()) return nullptr;
  auto library = manifest.isolated ? open_isolated(manifest, options, findings)
                                   : Library::open(manifest, options.trust_writable, findings);
  if (!library) return nullptr;
  return Plugin::start(manifest, std::move(library), config, findings);
}

void Loaded::add(Found found, const LoadOptions& options, core::Findings& findings) {
  found.manifest.isolated = runs_isolated(found.manifest, options);
  auto why = found.why;
  if (why.empty()) {
    const auto before = findings.size();
    const auto plugin = start(found.manifest, options, findings);
    if (!plugin || !add_faces(plugin, findings)) why = findings.at(before).message;
    if (why.empty()) at_work_[plugin->id()] = plugin;
  }
  plugins_.push_back({found.manifest, why.empty() ? "loaded" : "refused", why});
}

// A door leads to one tool: of two with the same, the second would never be reached.
bool doors_are_free(const Handles<ToolHandle>& tools, const ToolHandle& fresh,
                    const Manifest& manifest, core::Findings& findings) {
  const auto& wanted = fresh.declaration();
  for (const auto& [name, tool] : tools) {
    const auto& taken = tool->declaration();
    const bool webhook = !wanted.webhook.empty() && wanted.webhook == taken.webhook;
    const bool page = !wanted.page.empty() && wanted.page == taken.page;
    if (!webhook && !page) continue;
    findings.push_back({core::Finding::Severity::kError, manifest.file, 0, 0,
                        manifest.id + " declares the " + (webhook ? "webhook " : "page ") +
                            (webhook ? wanted.webhook : wanted.page) + ", which " + name + " has",
                        "give one of the two another word in its declaration"});
    return false;
  }
  return true;
}

bool Loaded::add_faces(const std::shared_ptr<Plugin>& plugin, core::Findings& findings) {
  const auto name = plugin->id().substr(plugin->id().find('.') + 1);
  const auto before = findings.size();
  if (auto tool = tool_of(plugin, findings)) {
    if (doors_are_free(tools_, *tool, plugin->manifest(), findings)) tools_[name] = std::move(tool);
  }
  if (findings.size() > before) return false;
  if (auto parser = parser_of(plugin)) parsers_[name] = std::move(parser);
  if (auto recovery = recovery_of(plugin)) recoveries_[name] = std::move(recovery);
  if (auto provider = provider_of(plugin)) providers_[name] = std::move(provider);
  if (auto validator = validator_of(plugin)) validators_[name] = std::move(validator);
  if (auto tuner = tuner_of(plugin)) tuners_[name] = std::move(tuner);
  return true;
}

// A config that reaches no plugin is a slip of the pen in dugout.yaml.
void report_stray_configs(const std::vector<Found>& all, const LoadOptions& options,
                          core::Findings& findings) {
  std::vector<std::string> ids;
  for (const auto& found : all) ids.push_back(found.manifest.id);
  std::vector<std::string> named;
  for (const auto& [id, config] : options.configs) named.push_back(id);
  for (const auto& [id, chosen] : options.isolation.chosen) named.push_back(id);
  for (const auto& id : named) {
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) continue;
    const auto near = config::nearest(id, ids);
    findings.push_back({core::Finding::Severity::kWarning, "plugins", 0, 0,
                        "there is a config for " + id + ", but no such plugin",
                        near.empty() ? "" : "did you mean " + near + "?"});
  }
}

}  // namespace

std::shared_ptr<const Generation> load(const LoadOptions& options, core::Findings& findings) {
  sweep_calls();
  auto generation = std::make_shared<Loaded>();
  const auto all = find_plugins(options.folders, findings);
  for (const auto& found : all) generation->add(found, options, findings);
  report_stray_configs(all, options, findings);
  return generation;
}

}  // namespace dugout::host

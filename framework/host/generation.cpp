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

  std::set<std::string> fresh() const override { return fresh_; }
  std::optional<Origin> origin(std::string_view id) const override {
    const auto found = at_work_.find(id);
    if (found == at_work_.end()) return std::nullopt;
    return found->second->origin();
  }

  void add(Found found, const LoadOptions& options, core::Findings& findings);
  // All of another one, and in the place of some those of others.
  void take_over(const Loaded& from, const std::map<std::string, const Loaded*>& others,
                 core::Findings& findings);

 private:
  std::shared_ptr<Plugin> at_work(const std::string& id) const {
    const auto found = at_work_.find(id);
    return found == at_work_.end() ? nullptr : found->second;
  }
  std::shared_ptr<Plugin> used_again(const Manifest& manifest, const LoadOptions& options,
                                     const Origin& origin, core::Findings& findings) const;
  std::shared_ptr<Plugin> plugin_for(const Manifest& manifest, const LoadOptions& options,
                                     core::Findings& findings);
  bool add_faces(const std::shared_ptr<Plugin>& plugin, core::Findings& findings);

  Handles<ParserHandle> parsers_;
  Handles<RecoveryHandle> recoveries_;
  Handles<ProviderHandle> providers_;
  Handles<ValidatorHandle> validators_;
  Handles<TunerHandle> tuners_;
  Handles<ToolHandle> tools_;
  std::map<std::string, std::shared_ptr<Plugin>, std::less<>> at_work_;  // by id
  std::set<std::string> fresh_;
  std::vector<PluginInfo> plugins_;
};

const Loaded* loaded(const std::shared_ptr<const Generation>& generation) {
  return dynamic_cast<const Loaded*>(generation.get());
}

// Stamps are taken before anything is read, so that a file that changes meanwhile is seen as
// changed the next time.
Origin origin_of(const Manifest& manifest, const std::string& config) {
  return {core::stamp_of(manifest.file), core::stamp_of(manifest.library),
          core::stamp_of(manifest.config_schema), config, manifest.isolated};
}

std::shared_ptr<Plugin> started(const Manifest& manifest, const LoadOptions& options, Origin origin,
                                core::Findings& findings) {
  // A test takes a minute at the most: what is opened afterwards has to be what was tested.
  const auto* tested = options.check ? &origin.library : nullptr;
  if (options.check) {
    if (const auto checked = options.check(manifest); !checked) {
      findings.push_back({core::Finding::Severity::kError, manifest.library, 0, 0,
                          manifest.id + ": " + checked.error().message,
                          "`dugout plugin check " + manifest.folder + "` shows all of it"});
      return nullptr;
    }
  }
  auto library = manifest.isolated
                     ? open_isolated(manifest, options, findings, tested)
                     : Library::open(manifest, options.trust_writable, findings, tested);
  if (!library) return nullptr;
  auto plugin = Plugin::start(manifest, std::move(library), origin.config, findings);
  if (plugin) plugin->made_of(std::move(origin));
  return plugin;
}

std::shared_ptr<Plugin> Loaded::used_again(const Manifest& manifest, const LoadOptions& options,
                                           const Origin& origin, core::Findings& findings) const {
  const auto* before = loaded(options.before);
  auto plugin = before == nullptr ? nullptr : before->at_work(manifest.id);
  if (plugin == nullptr || plugin->origin() == origin) return plugin;
  const auto rejected = options.rejected.find(manifest.id);
  if (rejected == options.rejected.end() || rejected->second != origin) return nullptr;
  findings.push_back({core::Finding::Severity::kWarning, manifest.file, 0, 0,
                      manifest.id + " was taken back, as it did worse; the one before it serves",
                      "it is tried again when its files or its config are other ones"});
  return plugin;
}

std::shared_ptr<Plugin> Loaded::plugin_for(const Manifest& manifest, const LoadOptions& options,
                                           core::Findings& findings) {
  auto origin = origin_of(manifest, "");
  const auto given = options.configs.find(manifest.id);
  origin.config = checked_config(manifest, given == options.configs.end() ? "{}" : given->second,
                                 options.shared, findings);
  if (origin.config.empty()) return nullptr;
  if (auto plugin = used_again(manifest, options, origin, findings)) return plugin;
  auto plugin = started(manifest, options, std::move(origin), findings);
  if (plugin) fresh_.insert(manifest.id);
  return plugin;
}

std::string first_error_since(const core::Findings& findings, std::size_t before) {
  for (auto at = before; at < findings.size(); ++at) {
    if (findings[at].severity == core::Finding::Severity::kError) return findings[at].message;
  }
  return "it was refused without a reason";
}

void Loaded::add(Found found, const LoadOptions& options, core::Findings& findings) {
  found.manifest.isolated = runs_isolated(found.manifest, options);
  auto why = found.why;
  if (why.empty()) {
    const auto before = findings.size();
    const auto plugin = plugin_for(found.manifest, options, findings);
    if (!plugin || !add_faces(plugin, findings)) {
      why = first_error_since(findings, before);
    } else {
      at_work_[plugin->id()] = plugin;
      found.manifest = plugin->manifest();
    }
  }
  plugins_.push_back({found.manifest, why.empty() ? "loaded" : "refused", why});
}

void Loaded::take_over(const Loaded& from, const std::map<std::string, const Loaded*>& others,
                       core::Findings& findings) {
  for (const auto& info : from.plugins_) {
    const auto other = others.find(info.manifest.id);
    const auto* source = other == others.end() ? &from : other->second;
    const auto plugin = source == nullptr ? nullptr : source->at_work(info.manifest.id);
    if (plugin == nullptr || !add_faces(plugin, findings)) {
      plugins_.push_back({info.manifest, "refused", info.why});
      continue;
    }
    at_work_[plugin->id()] = plugin;
    plugins_.push_back({plugin->manifest(), "loaded", ""});
  }
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

std::shared_ptr<const Generation> exchanged(
    const std::shared_ptr<const Generation>& generation,
    const std::map<std::string, std::shared_ptr<const Generation>>& others,
    core::Findings& findings) {
  const auto* from = loaded(generation);
  auto made = std::make_shared<Loaded>();
  std::map<std::string, const Loaded*> sources;
  for (const auto& [id, other] : others) sources[id] = loaded(other);
  if (from != nullptr) made->take_over(*from, sources, findings);
  return made;
}

}  // namespace dugout::host

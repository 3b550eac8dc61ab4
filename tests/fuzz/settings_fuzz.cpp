// dugout.yaml: whatever it holds, findings have a place, and what stands in the end can be used.
#include "config/settings.hpp"

#include "memory_file.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

FUZZ_TARGET(settings) {
  const fuzz::MemoryFile file(input.substr(0, 1U << 16));
  config::SettingsSource source;
  source.file = file.path();
  source.file_required = true;
  source.environment = [](const std::string& name) {
    return name.size() % 3 == 0 ? std::nullopt : std::optional<std::string>("set");
  };
  core::Findings findings;
  const auto settings = config::load_settings(source, findings);
  for (const auto& finding : findings) {
    require(!finding.message.empty(), "a finding has words");
    require(finding.file == source.file || finding.line == 0, "and a place");
  }
  if (core::has_errors(findings)) return;
  require(!settings.listen_host.empty() && !settings.data.empty(), "what is needed is there");
  require(settings.retention.jobs_days > 0, "a number is in its range");
  for (const auto& [name, provider] : settings.providers) {
    require(provider.timeout > 0 && provider.timeout <= 600, "a time is in its range");
  }
  const auto listen = config::parse_listen(input);
  require(!listen || !listen->first.empty(), "an address has a host");
}

#include "cli/rollback.hpp"

#include "cli/known.hpp"

namespace dugout::cli {

Rollback rolled_back(const Reading& serving, const std::vector<Worse>& worse,
                     core::Findings& findings) {
  std::map<std::string, std::shared_ptr<const host::Generation>> others;
  for (const auto& one : worse) others[one.id] = one.before->plugins;
  core::Findings faults;
  auto made = std::make_shared<Reading>(serving);
  made->plugins = host::exchanged(serving.plugins, others, faults);
  // The routines were checked with what they know of the plugins; the same will do.
  const bool fits =
      known_of(*made->plugins, serving.settings) == known_of(*serving.plugins, serving.settings);
  if (!core::has_errors(faults) && fits) return {std::move(made), false};
  findings.push_back({core::Finding::Severity::kWarning, "plugins", 0, 0,
                      "what is saved was written for the new " + worse.front().id +
                          ": all files from before its exchange serve again",
                      "mend the plugin, or take back what was saved with it and after it"});
  return {worse.front().before, true};
}

}  // namespace dugout::cli

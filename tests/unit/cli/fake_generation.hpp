// Plugins of which only their figures are known.
#pragma once

#include <map>

#include "cli/app.hpp"
#include "support/no_plugins.hpp"

namespace dugout::test {

class FakeGeneration final : public NoPlugins {
 public:
  using Counts = std::map<std::string, host::PluginCounts, std::less<>>;

  explicit FakeGeneration(Counts counts, std::optional<host::Origin> origin = std::nullopt)
      : counts_(std::move(counts)), origin_(std::move(origin)) {}

  host::PluginCounts counts(std::string_view id) const override {
    const auto found = counts_.find(id);
    return found == counts_.end() ? host::PluginCounts{} : found->second;
  }
  std::optional<host::Origin> origin(std::string_view) const override { return origin_; }

 private:
  const Counts counts_;
  const std::optional<host::Origin> origin_;
};

inline std::shared_ptr<const cli::Reading> reading_of(
    FakeGeneration::Counts counts, std::optional<host::Origin> origin = std::nullopt) {
  auto reading = std::make_shared<cli::Reading>();
  reading->plugins = std::make_shared<FakeGeneration>(std::move(counts), std::move(origin));
  return reading;
}

}  // namespace dugout::test

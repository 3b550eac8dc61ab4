#include "cli/probation.hpp"

namespace dugout::cli {
namespace {

constexpr std::uint64_t kDefects = 3, kCalls = 20;
constexpr double kMoreDefects = 0.1, kMoreFailures = 0.3;

double share(std::uint64_t part, std::uint64_t all) {
  return all == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(all);
}

}  // namespace

PluginFiles files_of(const host::Manifest& manifest) {
  return {core::stamp_of(manifest.file), core::stamp_of(manifest.library)};
}

bool is_worse(const host::PluginCounts& fresh, const host::PluginCounts& old) {
  const auto more_defects = share(fresh.errors, fresh.calls) - share(old.errors, old.calls);
  if (fresh.errors >= kDefects && more_defects > kMoreDefects) return true;
  if (fresh.calls < kCalls || old.calls < kCalls) return false;
  return share(fresh.failures, fresh.calls) - share(old.failures, old.calls) > kMoreFailures;
}

std::set<std::string> Probation::worse(const host::Generation& now) const {
  std::set<std::string> out;
  for (const auto& [id, old] : counts) {
    if (is_worse(now.counts(id), old)) out.insert(id);
  }
  return out;
}

}  // namespace dugout::cli

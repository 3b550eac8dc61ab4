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

void Probation::watch(const std::string& id, std::shared_ptr<const Reading> before,
                      core::MonoTime until) {
  const auto counts = before->plugins->counts(id);
  const auto [at, added] = watched_.try_emplace(id, Watched{std::move(before), counts, until});
  if (!added) at->second.until = until;
}

void Probation::expire(core::MonoTime now) {
  std::erase_if(watched_, [&](const auto& one) { return now >= one.second.until; });
}

std::map<std::string, std::shared_ptr<const Reading>> Probation::worse(
    const host::Generation& now) const {
  std::map<std::string, std::shared_ptr<const Reading>> out;
  for (const auto& [id, one] : watched_) {
    if (is_worse(now.counts(id), one.counts)) out[id] = one.before;
  }
  return out;
}

}  // namespace dugout::cli

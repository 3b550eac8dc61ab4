#include "cli/probation.hpp"

namespace dugout::cli {
namespace {

constexpr std::uint64_t kDefects = 3, kCalls = 20;
constexpr double kMoreDefects = 0.1, kMoreFailures = 0.3;

double share(std::uint64_t part, std::uint64_t all) {
  return all == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(all);
}

}  // namespace

bool is_worse(const host::PluginCounts& fresh, const host::PluginCounts& old) {
  const auto more_defects = share(fresh.errors, fresh.calls) - share(old.errors, old.calls);
  if (fresh.errors >= kDefects && more_defects > kMoreDefects) return true;
  if (fresh.calls < kCalls || old.calls < kCalls) return false;
  return share(fresh.failures, fresh.calls) - share(old.failures, old.calls) > kMoreFailures;
}

void Probation::watch(const std::string& id, std::shared_ptr<const Reading> before,
                      core::MonoTime until) {
  const auto counts = before->plugins->counts(id);
  const auto [at, added] =
      watched_.try_emplace(id, Watched{std::move(before), counts, until, ++last_});
  if (!added) at->second.until = until;
}

void Probation::expire(core::MonoTime now) {
  std::erase_if(watched_, [&](const auto& one) { return now >= one.second.until; });
}

std::vector<Worse> Probation::worse(const host::Generation& now) const {
  std::map<std::uint64_t, Worse> found;
  for (const auto& [id, one] : watched_) {
    // The one before may serve again, its files being what they were.
    const auto origin = now.origin(id);
    if (origin && origin == one.before->plugins->origin(id)) continue;
    if (is_worse(now.counts(id), one.counts)) found[one.order] = {id, one.before};
  }
  std::vector<Worse> out;
  for (auto& [order, one] : found) out.push_back(std::move(one));
  return out;
}

}  // namespace dugout::cli

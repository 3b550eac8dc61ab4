#include "observability/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <mutex>
#include <sstream>

#include "observability/metrics_standing.hpp"
#include "observability/metrics_turns.hpp"

namespace dugout::observability {

struct Metrics::Instruments {
  // The registry gives an instrument that it has already to whoever asks for it again: a set for
  // more names goes on with the counts of the one before.
  struct OfTurns {
    OfTurns(KnownNames known, prometheus::Registry& registry)
        : names(std::move(known)), turns(names, registry) {}

    const KnownNames names;
    TurnMetrics turns;
  };

  explicit Instruments(const KnownNames& known)
      : latest(std::make_shared<OfTurns>(known, registry)) {}

  std::shared_ptr<OfTurns> now() {
    const std::lock_guard lock(mutex);
    return latest;
  }

  prometheus::Registry registry;
  std::mutex learning;  // one at a time; before mutex
  std::mutex mutex;     // guards latest
  std::shared_ptr<OfTurns> latest;
};

Metrics::Metrics(const KnownNames& names, StandingSource& source, const std::string& version)
    : source_(source), version_(version), instruments_(std::make_unique<Instruments>(names)) {}

Metrics::~Metrics() = default;

void Metrics::turn_ended(const TurnReport& report) noexcept {
  try {
    instruments_->now()->turns.add(report);
  } catch (const std::exception&) {
    // No memory: a turn that is not counted is better than one that fails.
  }
}

void Metrics::learn(const KnownNames& more) {
  const std::lock_guard one_at_a_time(instruments_->learning);
  const auto known = instruments_->now();
  auto all = known->names.with(more);
  if (all == known->names) return;
  auto next = std::make_shared<Instruments::OfTurns>(std::move(all), instruments_->registry);
  const std::lock_guard lock(instruments_->mutex);
  instruments_->latest = std::move(next);
}

std::string Metrics::text() const {
  auto families = standing_families(source_.standing(), version_);
  for (auto& family : process_families(process_figures())) families.push_back(std::move(family));
  for (auto& family : instruments_->registry.Collect()) families.push_back(std::move(family));
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return out.str();
}

}  // namespace dugout::observability

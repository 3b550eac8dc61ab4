#include "observability/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <sstream>

#include "observability/metrics_standing.hpp"
#include "observability/metrics_turns.hpp"

namespace dugout::observability {

struct Metrics::Instruments {
  explicit Instruments(const KnownNames& known) : names(known), turns(names, registry) {}

  const KnownNames names;
  prometheus::Registry registry;
  TurnMetrics turns;
};

Metrics::Metrics(const KnownNames& names, StandingSource& source, const std::string& version)
    : source_(source), version_(version), instruments_(std::make_unique<Instruments>(names)) {}

Metrics::~Metrics() = default;

void Metrics::turn_ended(const TurnReport& report) noexcept {
  try {
    instruments_->turns.add(report);
  } catch (const std::exception&) {
    // No memory: a turn that is not counted is better than one that fails.
  }
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

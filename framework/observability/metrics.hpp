// The metrics at /metrics: what turns report is counted as they end, how the product stands is
// asked at a scrape. docs/operations/metrics.md lists them. Labels come from closed sets
// (KnownNames), and every counter is there with zero from when its name is known. [any]
#pragma once

#include <memory>
#include <string>

#include "observability/closed_names.hpp"
#include "observability/standing.hpp"
#include "observability/turn_report.hpp"

namespace dugout::observability {

class Metrics final : public TurnWatcher {
 public:
  // REQUIRES: the source outlives it.
  Metrics(const KnownNames& names, StandingSource& source, const std::string& version);
  ~Metrics() override;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Atomics and one short lock for each histogram.
  void turn_ended(const TurnReport& report) noexcept override;

  // Counts these, too, from now on.
  void learn(const KnownNames& more);

  // [worker] In the text format 0.0.4.
  std::string text() const;
  static constexpr auto kType = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct Instruments;  // the library's headers stay out of this one

  StandingSource& source_;
  const std::string version_;
  const std::unique_ptr<Instruments> instruments_;
};

}  // namespace dugout::observability

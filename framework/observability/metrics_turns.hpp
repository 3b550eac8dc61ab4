// The counters and histograms of what turns report. Private to metrics.cpp. [any]
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <string>
#include <vector>

#include "observability/closed_names.hpp"
#include "observability/turn_report.hpp"

namespace dugout::observability {

// A counter for each name of a set, or for each pair of two.
class CounterGrid {
 public:
  using Family = prometheus::Family<prometheus::Counter>;
  CounterGrid(Family& family, const char* label, const ClosedNames& names);
  CounterGrid(Family& family, const char* first_label, const ClosedNames& first,
              const char* second_label, const ClosedNames& second);
  prometheus::Counter& at(std::string_view name);
  prometheus::Counter& at(std::string_view first, std::string_view second);

 private:
  const ClosedNames& first_;
  const ClosedNames* second_ = nullptr;
  std::vector<prometheus::Counter*> counters_;
};

class HistogramRow {
 public:
  using Family = prometheus::Family<prometheus::Histogram>;
  HistogramRow(Family& family, const prometheus::Labels& others, const char* label,
               const ClosedNames& names, const std::vector<double>& bounds);
  prometheus::Histogram& at(std::string_view name) { return *histograms_[names_.place(name)]; }

 private:
  const ClosedNames& names_;
  std::vector<prometheus::Histogram*> histograms_;
};

class TurnMetrics {
 public:
  // REQUIRES: both outlive it.
  TurnMetrics(const KnownNames& names, prometheus::Registry& registry);

  void add(const TurnReport& report);

 private:
  void add_attempt(const AttemptFigures& attempt);
  void add_asked(const AttemptFigures& attempt);
  void add_calls(const std::vector<AttemptFigures>& attempts);
  void add_tool(const ToolFigures& tool);
  prometheus::Labels labels_of(const std::string& target) const;
  prometheus::Histogram& asked_for(const std::string& target, const std::string& error);

  const KnownNames& names_;
  const ClosedNames call_outcomes_, stages_;

  CounterGrid turns_;
  HistogramRow turn_seconds_;
  prometheus::Histogram& own_seconds_;
  HistogramRow stage_seconds_;
  CounterGrid calls_, attempts_, retries_, hedges_, actions_, flagged_;
  prometheus::Histogram& wait_seconds_;
  CounterGrid cost_;
  CounterGrid tool_calls_, words_;
  HistogramRow tool_seconds_, confidence_;
  HistogramRow::Family& asked_seconds_;
  HistogramRow::Family& tokens_;
};

}  // namespace dugout::observability

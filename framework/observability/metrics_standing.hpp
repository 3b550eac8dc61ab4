// How the product stands, as metric families of a scrape. Private to metrics.cpp. Pure. [any]
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "observability/standing.hpp"

namespace dugout::observability {

std::vector<prometheus::MetricFamily> standing_families(const Standing& standing,
                                                        const std::string& version);
std::vector<prometheus::MetricFamily> process_families(const ProcessFigures& figures);

}  // namespace dugout::observability

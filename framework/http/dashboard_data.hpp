// What /api/dashboard says, from the figures of the last hour and how things stand. Names, figures
// and short forms only. docs/operations/metrics.md describes the members. Pure. [any]
#pragma once

#include <string>

#include "observability/figures.hpp"
#include "observability/standing.hpp"

namespace dugout::http {

struct DashboardParts {
  const observability::FigureSnapshot& figures;
  const observability::Standing& standing;
  core::WallTime at{};
  core::Duration uptime{0};
  std::string version;
};

std::string dashboard_json(const DashboardParts& parts);

}  // namespace dugout::http

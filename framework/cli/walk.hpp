// `dugout simulate --all-paths`: walks a flow with the example answers of its routines until every
// edge was taken, failure edges included, and reports what was not.
#pragma once

#include <string>

#include "cli/app.hpp"

namespace dugout::cli {

int walk_all_paths(const AppOptions& options, const std::string& flow, bool verbose);

}  // namespace dugout::cli

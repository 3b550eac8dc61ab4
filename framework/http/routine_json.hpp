// One routine, and the edges of a flow, as JSON for the pages of editors. Pure but for the files.
// [worker]
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/finding.hpp"
#include "core/json.hpp"
#include "http/funnel.hpp"
#include "http/routine_files.hpp"
#include "http/sample_values.hpp"

namespace dugout::http {

// The folder that holds agents/ and routines/ is shown nowhere: paths are told from there.
class ShownPaths {
 public:
  explicit ShownPaths(const routines::Flow& flow);
  std::string shown(std::string text) const;

 private:
  std::string root_;
};

core::Json findings_json(const core::Findings& findings, const ShownPaths& paths);

struct RoutineView {
  const routines::Routine& routine;
  const FunnelStep& step;
  const SampleValues& values;
  const ShownPaths& paths;
  const core::Findings& findings;  // of its file
};
core::Json routine_json(const RoutineView& view);

// One for each pair of routines: {"from","to","kind","when","rules","traffic"}; `kind` is that of
// the most ordinary of its rules: start, next, correction, repair, failure, or past when no rule of
// today leads there.
core::Json edges_json(const routines::Flow& flow, const Funnel& funnel);

}  // namespace dugout::http

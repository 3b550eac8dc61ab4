// Runs labelled answers through an agent's parsers and validators and counts what comes out; how
// it is shown is in validators.cpp. One thread.
#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cli/app.hpp"
#include "pipeline/calibration.hpp"

namespace dugout::cli {

struct Calibration {
  std::size_t answers = 0;             // that were judged, or could not be read
  pipeline::Outcomes unreadable;       // no parser of the agent took them: asked for again
  pipeline::Outcomes without_opinion;  // no validator had one: taken
  std::vector<std::pair<std::string, pipeline::Reliability>> validators;
  pipeline::Reliability mean;
  pipeline::Decisions decisions;
  std::map<std::string, routines::Confidence> thresholds;  // of the agents that were used
};

// A line is {"answer": text, "good": bool, "context"?: object, "agent"?: name}; one that is not is
// a finding with its number. `file` names the stream in findings. Shows its progress at a terminal.
Calibration calibrate(const Set& set, std::istream& lines, const std::string& file,
                      const std::string& agent, core::Findings& findings);

}  // namespace dugout::cli

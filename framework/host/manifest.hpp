// Reads plugin.yaml. Private to host. [load]
#pragma once

#include <string>
#include <vector>

#include "core/finding.hpp"
#include "host/host.hpp"

namespace dugout::host {

// The faces and services this host knows, for checks and for "did you mean".
const std::vector<std::string>& known_faces();
const std::vector<std::string>& known_services();

// One plugin.yaml. `why` is empty when it may be loaded; else the first thing that is wrong, and
// the manifest holds what could be read.
struct Found {
  Manifest manifest;
  std::string why;
};

// Everything wrong is a finding with its line; an id that was seen before is one too.
std::vector<Found> find_plugins(const std::vector<std::string>& folders, core::Findings& findings);

Found read_manifest(const std::string& file, core::Findings& findings);

}  // namespace dugout::host

// Handles on the faces of one plugin. Each holds a lease on it. Private to host. [load]
#pragma once

#include <memory>
#include <string>

#include "core/finding.hpp"
#include "host/handles.hpp"

namespace dugout::host {

class Plugin;

// nullptr = the plugin has no such face.
std::shared_ptr<const ParserHandle> parser_of(std::shared_ptr<Plugin> plugin);
std::shared_ptr<const RecoveryHandle> recovery_of(std::shared_ptr<Plugin> plugin);
std::shared_ptr<const ProviderHandle> provider_of(std::shared_ptr<Plugin> plugin);
std::shared_ptr<const ValidatorHandle> validator_of(std::shared_ptr<Plugin> plugin);
std::shared_ptr<const TunerHandle> tuner_of(std::shared_ptr<Plugin> plugin);
// Also nullptr when its declaration is wrong, which is a finding.
std::shared_ptr<const ToolHandle> tool_of(std::shared_ptr<Plugin> plugin, core::Findings& findings);

}  // namespace dugout::host

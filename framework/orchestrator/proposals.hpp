// What a model's words propose: values out of its metadata, or out of the arguments it gave a tool.
// Only fields that the routine collects count; everything else a model says is dropped. Pure,
// [any].
#pragma once

#include <string>
#include <string_view>

#include "core/json.hpp"
#include "orchestrator/decision.hpp"

namespace dugout::orchestrator {

// metadata.collected as {"field": value} or [{"field", "value"}].
Proposals proposals_in(std::string_view metadata, const routines::Routine& routine);
Proposals proposals_in_arguments(const core::Json& arguments, const routines::Routine& routine);

}  // namespace dugout::orchestrator

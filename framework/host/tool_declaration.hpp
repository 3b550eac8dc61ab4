// The declaration a tool gives of itself, checked. Private to host. [load]
#pragma once

#include <string_view>
#include <variant>

#include "config/json_schema.hpp"
#include "dugout/sdk/outcome.hpp"
#include "host/host.hpp"

namespace dugout::host {

struct CheckedDeclaration {
  ToolDeclaration declaration;
  config::JsonSchema arguments;
};

// kInvalid with the member that is wrong.
Outcome<CheckedDeclaration> read_declaration(const Manifest& manifest, std::string_view text);

}  // namespace dugout::host

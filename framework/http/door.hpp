// A door: an address of ours behind which a tool answers, because its declaration says so
// ("webhook", "page"). Here is what both kinds share: the tool is found and run, its answer read,
// and what it reports as having happened becomes jobs. [worker]
#pragma once

#include <memory>
#include <nlohmann/json.hpp>

#include "http/endpoints.hpp"

namespace dugout::http {

using Tool = std::shared_ptr<const host::ToolHandle>;

// The tool whose declaration holds `name` in `door` (&ToolDeclaration::webhook, ::page); nullptr
// when there is none.
Tool tool_behind(const host::Generation& plugins, std::string host::ToolDeclaration::*door,
                 std::string_view name);

// What a tool said, or why it did not.
struct DoorAnswer {
  bool ok = false;
  core::Json data;            // object, when ok
  std::string code, message;  // when not; the message is fit for whoever asked
  bool retryable = false;
  int status = 0;  // of the answer that the tool wants, 400 to 499 or 503; 0 = it does not say
};

// One run, at most `within`. A failure of the tool itself is logged, and is "unavailable",
// "invalid_arguments" or "internal".
DoorAnswer run_door(Service& service, const host::ToolHandle& tool, const core::Json& arguments,
                    core::Duration within);

// The events of the tool's answer, none when it has no such member. When one has a wrong shape or
// names a tool that is not there, this is logged, and kInvalid.
Outcome<std::vector<jobs::Event>> events_of(Service& service, const host::ToolHandle& tool,
                                            const core::Json& data);

}  // namespace dugout::http

// How a tool behaves. One with effects is not run: its effects would be real.
#include <nlohmann/json.hpp>

#include "config/json_schema.hpp"
#include "host/calls.hpp"
#include "host/conformance.hpp"
#include "host/faces.hpp"

namespace dugout::host {
namespace {

constexpr std::string_view kContext =
    R"({"idempotency_key":"check-1","session":"ses_check","turn":"turn_check","deadline_ms":8000})";

// Whether the value could be made; a pattern, say, is beyond sample_of.
bool conforms(const std::string& schema, const core::Json& value) {
  const auto compiled = config::JsonSchema::compile(std::string_view(schema));
  return compiled && compiled->check(value).empty();
}

std::string run_fault(const ToolHandle& tool, const core::Json& args) {
  const auto dropped = dropped_completions();
  const auto outcome = tool.run(core::canonical(args), kContext);
  if (dropped_completions() != dropped) return "it completed a call twice";
  if (!outcome) {
    // A service behind it may well be absent here; that is an answer too.
    const auto code = outcome.error().code;
    const bool bad = code == Code::kInternal || code == Code::kTimeout;
    return bad ? outcome.error().message : "";
  }
  const auto result = core::parse_json(*outcome);
  const auto data = result->find("data");
  if (data == result->end() || !result->value("ok", false)) return {};
  return conforms(tool.declaration().result, *data) ? ""
                                                    : "its data does not fit the declared result";
}

}  // namespace

void check_tool(const std::shared_ptr<Plugin>& plugin, Report& report) {
  std::shared_ptr<const ToolHandle> tool;
  if (!report.run("tool: the declaration is valid", [&] {
        core::Findings findings;
        tool = tool_of(plugin, findings);
        return tool ? std::string{} : findings.front().text();
      })) {
    return;
  }
  report.run("tool: cancel of a call that is over is ignored", [&] {
    const auto* table = plugin->face<dugout_tool_v1>(DUGOUT_FACE_TOOL);
    table->cancel(plugin->instance(), reinterpret_cast<dugout_call*>(~std::uintptr_t{0}));
    return "";
  });
  constexpr auto kAnswers = "tool: answers once, in its shape";
  if (tool->declaration().effects != Effects::kNone) {
    return report.skip(kAnswers, "not run: it has effects");
  }
  const auto args = sample_of(*core::parse_json(tool->declaration().arguments));
  if (!conforms(tool->declaration().arguments, args)) {
    return report.skip(kAnswers, "not run: give the arguments schema examples");
  }
  report.run(kAnswers, [&] { return run_fault(*tool, args); });
}

}  // namespace dugout::host

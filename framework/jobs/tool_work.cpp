#include "jobs/tool_work.hpp"

#include <nlohmann/json.hpp>

#include "core/random.hpp"
#include "core/text.hpp"

namespace dugout::jobs {
namespace {

using core::Json;

// Each round of tries after `jobs retry` needs its share of the journal's numbers.
constexpr int kMostAttempts = 400;
constexpr std::size_t kErrorBytes = 200;

bool declares(const host::ToolDeclaration& declared, const std::string& argument) {
  const auto schema = core::parse_json(declared.arguments);
  if (!schema || !schema->is_object()) return false;
  const auto properties = schema->find("properties");
  return properties != schema->end() && properties->contains(argument);
}

}  // namespace

orchestrator::ToolRun run_tool(const JobParts& parts, const store::Job& job) {
  const auto tool = parts.plugins->tool(job.kind);
  const auto timeout = std::chrono::milliseconds(tool ? tool->declaration().timeout_ms : 0);
  const auto arguments = core::parse_json(job.arguments);
  const auto turn = job.id + "." + std::to_string(job.tries);
  auto log = parts.log.with({observability::Field::id("turn", turn)});
  orchestrator::ToolRunner runner(
      *parts.plugins, parts.store, log, parts.clock,
      {"job-" + job.id, turn, parts.clock.now() + timeout, kMostAttempts});
  return runner.run(job.kind, arguments ? *arguments : Json::object(), 0);
}

std::string result_of(const orchestrator::ToolRun& run) {
  if (run.ok) return core::canonical(Json{{"ok", true}, {"data", run.data}});
  return core::canonical(Json{
      {"ok", false},
      {"error", {{"code", run.code}, {"message", run.message}, {"retryable", run.retryable}}}});
}

Outcome<std::string> run_dry(const host::ToolHandle& tool) {
  const auto& declared = tool.declaration();
  if (!declares(declared, "dry_run")) {
    return Error{Code::kNotApplicable,
                 declared.name + " has no dry run: it does not declare the argument dry_run"};
  }
  const auto id = core::new_id("dry_");
  const Json context{{"idempotency_key", id},
                     {"session", "job-" + id},
                     {"turn", id + "#1"},
                     {"deadline_ms", declared.timeout_ms}};
  return tool.run(R"({"dry_run":true})", context.dump());
}

std::string error_line(const std::string& code, const std::string& message) {
  if (message.empty()) return code;
  auto shown = core::masked(core::to_utf8(message));
  for (auto& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return code + ": " + std::string(core::clip(shown, kErrorBytes));
}

std::string code_of(const std::string& error) {
  const auto code = error.substr(0, error.find(':'));
  const bool word = !code.empty() && code.find_first_not_of(
                                         "abcdefghijklmnopqrstuvwxyz"
                                         "0123456789_") == std::string::npos;
  return word ? code : "failed";
}

}  // namespace dugout::jobs

// A tool as the work of a job. What it does goes through the journal as in a conversation, with the
// job in the place of the session and each try in the place of a turn: so its idempotency key stays
// the same over the tries, and an outcome that a crash has hidden is settled first. [worker]
#pragma once

#include "core/json.hpp"
#include "jobs/jobs.hpp"
#include "orchestrator/tool_runner.hpp"

namespace dugout::jobs {

orchestrator::ToolRun run_tool(const JobParts& parts, const store::Job& job);

// {"ok","data"?,"error"?}, as tools answer.
std::string result_of(const orchestrator::ToolRun& run);

// Runs the tool with {"dry_run": true}, past the journal, as nothing is to be changed.
// kNotApplicable when it does not declare that argument.
Outcome<std::string> run_dry(const host::ToolHandle& tool);

// What a job keeps of a failure: the code, and the message with what could be personal masked.
std::string error_line(const std::string& code, const std::string& message);

// The code alone of such a line, for the log.
std::string code_of(const std::string& error);

}  // namespace dugout::jobs

#include "orchestrator/tool_runner.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/random.hpp"

namespace dugout::orchestrator {
namespace {

using core::Json;
using LogField = observability::Field;

ToolRun failed(std::string code, std::string message) {
  ToolRun run;
  run.code = std::move(code);
  run.message = std::move(message);
  return run;
}

ToolRun read_result(std::string_view text) {
  const auto result = core::parse_json(text);
  if (!result || !result->is_object()) return failed("internal", "the tool gave no usable answer");
  ToolRun run;
  run.ok = result->value("ok", false);
  run.data = result->value("data", Json::object());
  if (!run.ok) {
    const auto error = result->value("error", Json::object());
    run.code = core::member(error, "code", "failed");
    run.message = core::member(error, "message", "that did not work");
    const auto again = error.is_object() ? error.find("retryable") : error.end();
    run.retryable = again != error.end() && again->is_boolean() && again->get<bool>();
  }
  return run;
}

std::string code_name(Code code) {
  switch (code) {
    case Code::kTimeout:
      return "timeout";
    case Code::kUnavailable:
      return "unavailable";
    case Code::kWrongShape:
    case Code::kInvalid:
      return "invalid_arguments";
    default:
      return "internal";
  }
}

// Refused before the tool saw it, so no effect can have happened.
bool never_started(Code code) {
  return code == Code::kInvalid || code == Code::kMalformed || code == Code::kWrongShape ||
         code == Code::kUnavailable;
}

// Where the answer of a tool without effects is kept for the rest of the turn.
std::string memory_of(const host::ToolHandle& tool, const std::string& arguments) {
  return std::string(tool.id()) + arguments;
}

std::string not_run() {
  return Json{{"ok", false},
              {"error",
               {{"code", "not_run"},
                {"message", "it was not run before the server stopped"},
                {"retryable", true}}}}
      .dump();
}

std::string error_result(const Error& error) {
  return Json{{"ok", false},
              {"error", {{"code", code_name(error.code)}, {"message", error.message}}}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string ToolRunner::context(const std::string& key) const {
  // What follows a spent deadline, such as the understudy's turn, still needs a moment.
  constexpr core::Duration kGrace = std::chrono::seconds(2);
  const auto left = std::max(kGrace, place_.deadline - clock_.now());
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(left).count();
  return Json{{"idempotency_key", key},
              {"session", place_.session},
              {"turn", place_.turn},
              {"deadline_ms", ms}}
      .dump();
}

bool ToolRun::broken() const {
  return !ok && (code == "timeout" || code == "unavailable" || code == "internal" ||
                 code == "unknown_tool" || code == kUnknownOutcome);
}

std::string ToolRunner::check_argument(const std::string& tool) const {
  const auto handle = plugins_.tool(tool);
  return handle == nullptr ? "" : handle->declaration().check_argument;
}

ToolRun ToolRunner::run(const std::string& tool, const Json& arguments, int routine) {
  const auto handle = plugins_.tool(tool);
  if (handle == nullptr) {
    auto answer = failed("unknown_tool", "there is no tool called " + tool);
    if (trace_ != nullptr) trace_->report().tools.push_back({tool, answer.code, {}, false});
    return answer;
  }
  const auto text = core::canonical(arguments);
  const bool pure = handle->declaration().effects == host::Effects::kNone;
  if (pure) {
    const auto seen = seen_.find(memory_of(*handle, text));
    if (seen != seen_.end()) return seen->second;
  }
  const auto answer = run_watched(tool, *handle, text, routine);
  if (!answer.ok) {
    log_.info("tool.refused", {LogField::safe("tool", tool), LogField::safe("code", answer.code)});
  }
  return answer;
}

ToolRun ToolRunner::run_watched(const std::string& name, const host::ToolHandle& tool,
                                const std::string& arguments, int routine) {
  observability::SpanScope span(trace_, observability::Stage::kTool, "execute_tool " + name, name,
                                true);
  span.put("gen_ai.operation.name", std::string("execute_tool"));
  span.put("gen_ai.tool.name", name);
  from_journal_ = false;
  const auto begun = clock_.now();
  auto answer = tool.declaration().effects == host::Effects::kNone
                    ? run_pure(tool, arguments)
                    : run_journalled(tool, arguments, routine);
  if (!answer.ok) span.fail(answer.code);
  span.put("dugout.tool.from_journal", from_journal_);
  if (trace_ != nullptr) {
    trace_->report().tools.push_back({name, answer.code, clock_.now() - begun, from_journal_});
  }
  return answer;
}

ToolRun ToolRunner::run_pure(const host::ToolHandle& tool, const std::string& arguments) {
  const auto memory = memory_of(tool, arguments);
  const auto outcome = tool.run(arguments, context(core::stable_hash(memory)));
  auto run = outcome ? read_result(*outcome)
                     : failed(code_name(outcome.error().code), outcome.error().message);
  seen_[memory] = run;
  return run;
}

ToolRun ToolRunner::run_journalled(const host::ToolHandle& tool, const std::string& arguments,
                                   int routine) {
  // The key leaves the turn out: the same effect with the same arguments happens once in a session,
  // also when the parent has to repeat the message that led to it. What failed for certain may be
  // tried again by a later turn, as the next numbered try, so that none is ever lost sight of.
  const auto subject = place_.session + "|" + std::to_string(routine) + "|" +
                       std::string(tool.id()) + "|" + arguments;
  const auto idempotency = core::stable_hash(subject);
  for (int attempt = 1; attempt <= place_.most_tries; ++attempt) {
    const auto key =
        attempt == 1 ? idempotency : core::stable_hash(subject + "|" + std::to_string(attempt));
    const auto entry =
        store_.intend({key, place_.session, place_.turn, std::string(tool.id()), arguments, "",
                       store::CallState::kIntended, false, idempotency});
    if (!entry) return failed("unavailable", "the journal cannot be written");
    effects_ran_ = true;
    if (entry->fresh || entry->state != store::CallState::kDone) {
      return run_entry(tool, *entry, context(idempotency));
    }
    from_journal_ = true;
    auto earlier = read_result(entry->result);
    if (earlier.ok || entry->turn == place_.turn) return earlier;
  }
  return failed("too_many_tries", "this has failed too often");
}

ToolRun ToolRunner::run_entry(const host::ToolHandle& tool, const store::JournalEntry& entry,
                              const std::string& context) {
  from_journal_ = false;
  if (entry.fresh) return run_and_settle(tool, entry.arguments, entry.key, context);
  return settle_unknown(tool, entry.arguments, entry.key, context);
}

ToolRun ToolRunner::run_and_settle(const host::ToolHandle& tool, const std::string& arguments,
                                   const std::string& key, const std::string& context) {
  const auto outcome = tool.run(arguments, context);
  const bool once = tool.declaration().effects == host::Effects::kOnce;
  if (!outcome && once && !never_started(outcome.error().code)) {
    // Leave the intent open for reconcile, and do not claim anything.
    return failed(kUnknownOutcome, "it is not known yet whether that went through");
  }
  const auto result = outcome ? *outcome : error_result(outcome.error());
  if (!store_.settle(key, result)) {
    log_.error("journal.unsettled", {});
  }
  return read_result(result);
}

ToolRun ToolRunner::settle_unknown(const host::ToolHandle& tool, const std::string& arguments,
                                   const std::string& key, const std::string& context) {
  const auto known = tool.reconcile(arguments, context);
  if (known) {
    (void)store_.settle(key, *known);
    return read_result(*known);
  }
  const bool did_not_happen = known.error().code == Code::kNotFound;
  if (did_not_happen || tool.declaration().effects == host::Effects::kIdempotent) {
    return run_and_settle(tool, arguments, key, context);
  }
  log_.error("tool.unknown_outcome", {LogField::safe("tool", tool.id())});
  return failed(kUnknownOutcome, "it is not known yet whether that went through");
}

Settled ToolRunner::settle_open(const store::JournalEntry& entry) {
  constexpr std::string_view kKind = "tool.";
  const auto name = entry.tool.substr(entry.tool.rfind(kKind, 0) == 0 ? kKind.size() : 0);
  const auto tool = plugins_.tool(name);
  if (tool == nullptr) return Settled::kUnknown;
  const auto known = tool->reconcile(entry.arguments, context(entry.idempotency));
  if (!known) {
    return known.error().code == Code::kNotFound ? Settled::kNotRun : Settled::kUnknown;
  }
  return store_.settle(entry.key, *known) ? Settled::kKnown : Settled::kUnknown;
}

Status ToolRunner::close_as_not_run(const store::JournalEntry& entry) {
  return store_.settle(entry.key, not_run());
}

}  // namespace dugout::orchestrator

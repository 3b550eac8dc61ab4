#include "http/door.hpp"

#include "core/json.hpp"
#include "core/random.hpp"

namespace dugout::http {
namespace {

using core::Json;
using observability::Field;

void log_failed(Service& service, const host::ToolHandle& tool, const Error& error) {
  service.log.error("door.failed", {Field::safe("tool", tool.id()), {"why", error.message}});
}

DoorAnswer failed(Service& service, const host::ToolHandle& tool, const Error& error) {
  log_failed(service, tool, error);
  DoorAnswer answer;
  switch (error.code) {
    case Code::kTimeout:
    case Code::kUnavailable:
      answer.code = "unavailable";
      answer.retryable = true;
      break;
    case Code::kMalformed:
    case Code::kWrongShape:
      answer.code = "invalid_arguments";
      break;
    default:
      answer.code = "internal";
  }
  return answer;
}

// REQUIRES: `result` is what the host let through: an object with "ok" and, if not, an error code.
DoorAnswer read_result(const Json& result) {
  DoorAnswer answer;
  answer.ok = result.value("ok", false);
  if (answer.ok) {
    answer.data = result.value("data", Json::object());
    if (!answer.data.is_object()) answer.data = Json::object();
    return answer;
  }
  const auto& error = result["error"];
  answer.code = core::member(error, "code");
  answer.message = core::member(error, "message");
  const auto retryable = error.find("retryable");
  answer.retryable = retryable != error.end() && retryable->is_boolean() && retryable->get<bool>();
  const auto status = error.find("status");
  if (status != error.end() && status->is_number_integer()) {
    const auto wanted = status->get<std::int64_t>();
    // 503 besides, for what the sender shall send again.
    if ((wanted >= 400 && wanted < 500) || wanted == 503) answer.status = static_cast<int>(wanted);
  }
  return answer;
}

Outcome<jobs::Event> event_of(const host::Generation& plugins, const Json& event) {
  const Error wrong{Code::kInvalid, "an event needs id, tool and arguments, and may have a lane"};
  if (!event.is_object()) return wrong;
  jobs::Event out{core::member(event, "id"), core::member(event, "tool"), "",
                  core::member(event, "lane")};
  const auto arguments = event.find("arguments");
  const bool shaped = arguments != event.end() && arguments->is_object();
  if (out.id.empty() || out.tool.empty() || !shaped) return wrong;
  if (plugins.tool(out.tool) == nullptr) {
    return Error{Code::kInvalid, "an event names the tool " + out.tool + ", which is not there"};
  }
  out.arguments = core::canonical(*arguments);
  return out;
}

Outcome<std::vector<jobs::Event>> read_events(const host::Generation& plugins, const Json& data) {
  std::vector<jobs::Event> events;
  const auto found = data.find("events");
  if (found == data.end()) return events;
  if (!found->is_array()) return Error{Code::kInvalid, "events must be a list"};
  for (const auto& event : *found) {
    auto read = event_of(plugins, event);
    if (!read) return read.error();
    events.push_back(std::move(*read));
  }
  return events;
}

}  // namespace

Tool tool_behind(const host::Generation& plugins, std::string host::ToolDeclaration::*door,
                 std::string_view name) {
  if (name.empty()) return nullptr;
  for (const auto& known : plugins.tool_names()) {
    auto tool = plugins.tool(known);
    if (tool != nullptr && tool->declaration().*door == name) return tool;
  }
  return nullptr;
}

DoorAnswer run_door(Service& service, const host::ToolHandle& tool, const Json& arguments,
                    core::Duration within) {
  const auto call = core::new_id("door_");
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(within).count();
  const Json context{
      {"idempotency_key", call}, {"session", call}, {"turn", call}, {"deadline_ms", ms}};
  const auto result = tool.run(core::canonical(arguments), core::canonical(context));
  if (!result) return failed(service, tool, result.error());
  const auto read = core::parse_json(*result);
  if (!read || !read->is_object() || (!read->value("ok", false) && !read->contains("error"))) {
    return failed(service, tool, {Code::kInternal, "its result cannot be read"});
  }
  return read_result(*read);
}

Outcome<std::vector<jobs::Event>> events_of(Service& service, const host::ToolHandle& tool,
                                            const Json& data) {
  auto events = read_events(*service.orchestrator.plugins(), data);
  if (!events) log_failed(service, tool, events.error());
  return events;
}

}  // namespace dugout::http

#include "host/tool_declaration.hpp"

#include <nlohmann/json.hpp>

#include "core/clock.hpp"
#include "core/json.hpp"

namespace dugout::host {
namespace {

constexpr int kMaxTimeoutMs = 600'000;

Error wrong_declaration(std::string what) {
  return Error{Code::kInvalid, "its declaration: " + std::move(what)};
}

// "" = the check member is absent or good; `argument` is filled.
std::string read_check(const core::Json& all, std::string& argument) {
  const auto check = all.find("check");
  if (check == all.end()) return {};
  argument = core::member(*check, "argument");
  if (argument.empty()) return "/check/argument must be a text";
  const auto properties = all["arguments"].find("properties");
  if (properties == all["arguments"].end() || !properties->contains(argument)) {
    return "/check/argument \"" + argument + "\" is none of its arguments";
  }
  return {};
}

std::string read_timeout(const core::Json& all, int& timeout_ms) {
  const auto timeout = all.find("timeout_ms");
  if (timeout == all.end()) return {};
  if (!timeout->is_number_integer() || *timeout < 1 || *timeout > kMaxTimeoutMs) {
    return "/timeout_ms must be an integer from 1 to " + std::to_string(kMaxTimeoutMs);
  }
  timeout_ms = timeout->get<int>();
  return {};
}

bool is_path_word(const std::string& text) {
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == text.npos;
}

std::string read_schedule(const core::Json& all, ToolSchedule& out) {
  const auto schedule = all.find("schedule");
  if (schedule == all.end()) return {};
  constexpr auto kWhat = "/schedule must be {\"at\": \"HH:MM\"} or {\"every_s\": 60 or more}";
  if (!schedule->is_object() || schedule->size() != 1) return kWhat;
  out.at = core::member(*schedule, "at");
  if (!out.at.empty()) return core::time_of_day(out.at) ? "" : kWhat;
  const auto every = schedule->find("every_s");
  if (every == schedule->end() || !every->is_number_integer() || *every < 60) return kWhat;
  out.every_s = every->get<std::int64_t>();
  return {};
}

std::string read_doors(const core::Json& all, ToolDeclaration& out) {
  for (const auto& [key, door] : {std::pair{"webhook", &out.webhook}, {"page", &out.page}}) {
    if (!all.contains(key)) continue;
    *door = core::member(all, key);
    if (!is_path_word(*door)) {
      return std::string("/") + key + " must be a word of a-z, 0-9 and _, for the address";
    }
  }
  return read_schedule(all, out.schedule);
}

std::string object_schema(const core::Json& all, const char* key) {
  const auto found = all.find(key);
  if (found == all.end() || !found->is_object())
    return std::string("/") + key + " must be a schema";
  return {};
}

}  // namespace

Outcome<CheckedDeclaration> read_declaration(const Manifest& manifest, std::string_view text) {
  const auto all = core::parse_json(text);
  if (!all) return wrong_declaration("is no JSON: " + all.error().message);
  if (!all->is_object()) return wrong_declaration("must be an object");
  ToolDeclaration out;
  out.effects = manifest.effects;
  out.name = core::member(*all, "name");
  out.description = core::member(*all, "description");
  const auto expected = manifest.id.substr(manifest.id.find('.') + 1);
  if (out.name != expected)
    return wrong_declaration("/name must be \"" + expected + "\", as in its id");
  if (out.description.empty()) return wrong_declaration("/description must be a text");
  for (const char* key : {"arguments", "result"}) {
    if (auto fault = object_schema(*all, key); !fault.empty()) return wrong_declaration(fault);
  }
  if (core::member((*all)["arguments"], "type") != "object") {
    return wrong_declaration("/arguments/type must be \"object\"");
  }
  if (auto fault = read_timeout(*all, out.timeout_ms); !fault.empty())
    return wrong_declaration(fault);
  if (auto fault = read_check(*all, out.check_argument); !fault.empty())
    return wrong_declaration(fault);
  if (auto fault = read_doors(*all, out); !fault.empty()) return wrong_declaration(fault);
  auto arguments = config::JsonSchema::compile((*all)["arguments"]);
  if (!arguments) return wrong_declaration("/arguments: " + arguments.error().message);
  if (const auto result = config::JsonSchema::compile((*all)["result"]); !result) {
    return wrong_declaration("/result: " + result.error().message);
  }
  out.arguments = core::canonical((*all)["arguments"]);
  out.result = core::canonical((*all)["result"]);
  return CheckedDeclaration{std::move(out), std::move(*arguments)};
}

}  // namespace dugout::host

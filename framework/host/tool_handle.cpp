// The call face. The entry runs on a thread of its own, as it may wait for as long as it likes
// while the turn must not; a thread that has ended also leaves no thread_local of the library
// behind.
#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <thread>

#include "core/json.hpp"
#include "dugout/sdk/text.hpp"
#include "host/budget.hpp"
#include "host/calls.hpp"
#include "host/faces.hpp"
#include "host/pure_call.hpp"
#include "host/tool_declaration.hpp"

namespace dugout::host {
namespace {

using Entry = void (*)(dugout_instance*, dugout_call*, dugout_text, dugout_text);

constexpr int kMaxStuck = 16;  // entries that outlived their call; each holds a thread

// What the thread of one call works on. It outlives the call when the entry does.
struct Work {
  std::shared_ptr<Plugin> plugin;
  std::shared_ptr<Call> call;
  dugout_call* number;
  Entry entry;
  std::string args, context;
  std::shared_ptr<std::atomic<int>> stuck;  // entries of this tool that outlived their call
};

void run_entry(Work work) {
  try {
    work.entry(work.plugin->instance(), work.number, sdk::text(work.args), sdk::text(work.context));
  } catch (...) {
    static constexpr std::string_view kThrew =
        "{\"message\":\"the tool threw across the boundary\"}";
    complete_call(work.number, DUGOUT_E_INTERNAL, sdk::text(kThrew));
  }
  work.plugin.reset();  // before the waiting side hears of it, so that its lease is the last
  sweep_calls();
  if (work.call->entry_returned()) --*work.stuck;
}

std::chrono::milliseconds limit_of(int timeout_ms, std::string_view context) {
  const auto parsed = core::parse_json(context);
  if (parsed && parsed->is_object()) {
    const auto left = parsed->find("deadline_ms");
    if (left != parsed->end() && left->is_number()) {
      const auto ms = left->get<double>();
      if (ms < timeout_ms) return std::chrono::milliseconds(std::max(0, static_cast<int>(ms)));
    }
  }
  return std::chrono::milliseconds(timeout_ms);
}

class Tool final : public ToolHandle {
 public:
  Tool(std::shared_ptr<Plugin> plugin, const dugout_tool_v1* table, CheckedDeclaration declaration)
      : plugin_(std::move(plugin)), table_(*table), declaration_(std::move(declaration)) {}

  std::string_view id() const override { return plugin_->id(); }
  const ToolDeclaration& declaration() const override { return declaration_.declaration; }

  Outcome<std::string> run(std::string_view args, std::string_view context) const override {
    if (auto fault = argument_error(args)) return std::move(*fault);
    return call(table_.start, args, context);
  }

  Outcome<std::string> reconcile(std::string_view args, std::string_view context) const override {
    if (table_.reconcile == nullptr) {
      return Error{Code::kNotApplicable, plugin_->id() + " cannot tell whether it happened"};
    }
    return call(table_.reconcile, args, context);
  }

 private:
  std::optional<Error> argument_error(std::string_view args) const;
  Outcome<std::string> call(Entry entry, std::string_view args, std::string_view context) const;
  bool start(const std::shared_ptr<Call>& call, dugout_call* number, Entry entry,
             std::string_view args, std::string_view context) const;
  Outcome<std::string> judged(Call::Answer&& answer) const;

  const std::shared_ptr<Plugin> plugin_;
  const dugout_tool_v1& table_;
  const CheckedDeclaration declaration_;
  const std::shared_ptr<std::atomic<int>> stuck_ = std::make_shared<std::atomic<int>>(0);
};

std::optional<Error> Tool::argument_error(std::string_view args) const {
  const auto parsed = core::parse_json(args);
  if (!parsed) {
    return Error{Code::kMalformed, "the arguments of " + declaration_.declaration.name + ": " +
                                       parsed.error().message};
  }
  const auto errors = declaration_.arguments.check(*parsed);
  if (errors.empty()) return std::nullopt;
  auto message = "the arguments of " + declaration_.declaration.name + " do not fit:";
  auto detail = core::Json{{"errors", core::Json::array()}};
  for (const auto& error : errors) {
    message += " " + (error.pointer.empty() ? "/" : error.pointer) + " " + error.message + ";";
    detail["errors"].push_back({{"pointer", error.pointer}, {"message", error.message}});
  }
  message.pop_back();
  return Error{Code::kWrongShape, std::move(message), core::canonical(detail)};
}

bool Tool::start(const std::shared_ptr<Call>& call, dugout_call* number, Entry entry,
                 std::string_view args, std::string_view context) const {
  try {
    std::thread(run_entry,
                Work{plugin_, call, number, entry, std::string(args), std::string(context), stuck_})
        .detach();
    return true;
  } catch (const std::system_error&) {
    complete_call(number, DUGOUT_E_UNAVAILABLE, {});
    return false;
  }
}

Outcome<std::string> Tool::call(Entry entry, std::string_view args,
                                std::string_view context) const {
  sweep_calls();
  if (auto closed = plugin_->health().closed()) return std::move(*closed);
  if (*stuck_ >= kMaxStuck) {
    return Error{Code::kUnavailable, plugin_->id() + ": " + std::to_string(kMaxStuck) +
                                         " earlier calls have not come back"};
  }
  const auto call = std::make_shared<Call>();
  auto* number = open_call(call);
  if (!start(call, number, entry, args, context)) {
    return Error{Code::kUnavailable, "no thread to run " + plugin_->id() + " on"};
  }
  Call::Answer answer;
  const auto limit = limit_of(declaration_.declaration.timeout_ms * kPatience, context);
  const bool answered = call->wait(limit, plugin_, answer);
  if (call->outlived()) ++*stuck_;
  plugin_->health().count(answered && answer.status == DUGOUT_OK && !answer.too_large);
  if (answered) return judged(std::move(answer));
  table_.cancel(plugin_->instance(), number);
  return Error{Code::kTimeout,
               plugin_->id() + " did not answer within " + std::to_string(limit.count()) + " ms"};
}

Outcome<std::string> Tool::judged(Call::Answer&& answer) const {
  auto outcome = outcome_of(*plugin_, answer.status, std::move(answer.body), answer.too_large);
  if (!outcome) return outcome;
  const auto parsed = core::parse_json(*outcome);
  if (!parsed) return defect(*plugin_, "its result is no JSON: " + parsed.error().message);
  const auto ok = parsed->is_object() ? parsed->find("ok") : parsed->end();
  if (ok == parsed->end() || !ok->is_boolean()) {
    return defect(*plugin_, "its result has no \"ok\" of true or false");
  }
  if (!ok->get<bool>() && core::member(parsed->value("error", core::Json()), "code").empty()) {
    return defect(*plugin_, "its result is not ok and has no error with a code");
  }
  return outcome;
}

}  // namespace

std::shared_ptr<const ToolHandle> tool_of(std::shared_ptr<Plugin> plugin,
                                          core::Findings& findings) {
  const auto refuse = [&](const std::string& why) {
    findings.push_back({core::Finding::Severity::kError, plugin->manifest().library, 0, 0,
                        plugin->id() + ": " + why, ""});
    return std::shared_ptr<const ToolHandle>{};
  };
  const auto* table = plugin->face<dugout_tool_v1>(DUGOUT_FACE_TOOL);
  if (table == nullptr) return nullptr;
  const auto text = call_pure(
      *plugin, [&](dugout_sink* sink) { return table->describe(plugin->instance(), sink); });
  if (!text) return refuse("describe failed: " + text.error().message);
  auto declaration = read_declaration(plugin->manifest(), *text);
  if (!declaration) return refuse(declaration.error().message);
  return std::make_shared<Tool>(std::move(plugin), table, std::move(*declaration));
}

}  // namespace dugout::host

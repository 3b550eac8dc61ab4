// The base of a tool that answers on the thread that started it. A tool that wants its own threads
// fills dugout_tool_v1 itself.
#pragma once

#include "dugout/sdk/module.hpp"

namespace dugout::sdk {

class Tool {
 public:
  virtual ~Tool() = default;

  // [any] The declaration of abi.h (name, description, arguments, result, timeout_ms, check).
  virtual std::string describe() const = 0;

  // [worker] args: JSON that passed the arguments schema. context: {"idempotency_key","session",
  // "turn","deadline_ms"}. Returns {"ok","data"?,"error"?}; an Error means the tool itself failed.
  virtual Outcome<std::string> run(std::string_view args, std::string_view context) = 0;

  // [worker] After a crash: the stored result of this idempotency key, or kNotFound = it may run.
  // The default suits tools without effects.
  virtual Outcome<std::string> reconcile(std::string_view /*args*/, std::string_view /*context*/) {
    return Error{Code::kNotFound, "nothing was done"};
  }
};

template <typename Plugin>
struct ToolFace {
  struct Hosted;
  using Base = Hosted;
  static constexpr std::string_view kId = DUGOUT_FACE_TOOL;

  static const void* table() {
    static const dugout_tool_v1 table{
        sizeof(dugout_tool_v1), 0, &describe, &start, &cancel, &reconcile};
    return &table;
  }

 private:
  static Tool* tool(dugout_instance* self) { return &reinterpret_cast<Hosted*>(self)->plugin; }

  static dugout_status describe(dugout_instance* self, dugout_sink* sink) {
    return guarded(sink, [&] { return answer(sink, tool(self)->describe()); });
  }

  static void start(dugout_instance* self, dugout_call* call, dugout_text args,
                    dugout_text context) {
    finish(self, call, [&] { return tool(self)->run(view(args), view(context)); });
  }

  static void reconcile(dugout_instance* self, dugout_call* call, dugout_text args,
                        dugout_text context) {
    finish(self, call, [&] { return tool(self)->reconcile(view(args), view(context)); });
  }

  static void cancel(dugout_instance* /*self*/, dugout_call* /*call*/) {
  }  // it has answered already

  template <typename Body>
  static void finish(dugout_instance* self, dugout_call* call, Body body) noexcept {
    StringSink sink;
    const auto status = guarded(&sink, [&] { return answer(&sink, body()); });
    const auto* host = reinterpret_cast<Hosted*>(self)->host.table();
    host->complete(call, status, text(sink.text));
  }

 public:
  // The plugin together with the host it answers to.
  struct Hosted {
    Hosted(std::string_view config, Host host_in) : host(host_in), plugin(make(config, host_in)) {}
    Host host;
    Plugin plugin;

   private:
    static Plugin make(std::string_view config, Host host) {
      if constexpr (std::is_constructible_v<Plugin, std::string_view, Host>) {
        return Plugin(config, host);
      } else {
        (void)host;
        return Plugin(config);
      }
    }
  };
};

}  // namespace dugout::sdk

#define DUGOUT_TOOL_PLUGIN(TYPE, ID) \
  DUGOUT_PLUGIN(::dugout::sdk::ToolFace<TYPE>::Hosted, ::dugout::sdk::ToolFace<TYPE>, ID)

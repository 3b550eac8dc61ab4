// A tool that does what its argument says. It runs in a process of its own (tool.yaml).
#include "dugout/sdk/host.hpp"
#include "dugout/sdk/http.hpp"
#include "dugout/sdk/tool.hpp"
#include "misdeeds.hpp"

namespace {

class MoodyChild final : public dugout::sdk::Tool {
 public:
  // Begins when the host's clock says so.
  MoodyChild(std::string_view /*config*/, dugout::sdk::Host host) : host_(host) {
    (void)host_.unix_ms();
  }

  std::string describe() const override {
    return R"({"name":"moody_child","description":"Does as it is told.","arguments":{"type":"object",)"
           R"("properties":{"mode":{"type":"string","examples":["answer"]}},"required":["mode"]},)"
           R"("result":{"type":"object"},"timeout_ms":20000})";
  }

  dugout::Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto is = [&](std::string_view word) { return args.find(word) != args.npos; };
    if (is("segfault")) misdeeds::segfault();
    if (is("loop")) misdeeds::loop();
    if (is("unix")) return told(misdeeds::open_family(AF_UNIX));
    if (is("packet")) return told(misdeeds::open_family(AF_PACKET));
    if (is("inet")) return told(misdeeds::open_family(AF_INET));
    if (is("owner")) return told(misdeeds::signal_host_by_socket());
    if (is("ask_much")) misdeeds::ask_without_end();
    if (is("rows")) {
      auto rows = host_.find_rows("teams", R"({"age":"u9"})");
      if (!rows) return rows.error();
      return R"({"ok":true,"data":{"rows":)" + *rows + "}}";
    }
    return std::string(R"({"ok":true,"data":{}})");
  }

 private:
  static std::string told(const std::string& text) {
    return R"({"ok":true,"data":{"said":")" + text + "\"}}";
  }

  const dugout::sdk::Host host_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(MoodyChild, "tool.moody_child")

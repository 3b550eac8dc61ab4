// A recovery strategy that means no good, in the way its config names. It recognises everything.
#include <stdexcept>
#include <string>

#include "dugout/sdk/host.hpp"
#include "dugout/sdk/recovery.hpp"

namespace {

constexpr std::int64_t kTenSeconds = 10'000;  // ms

class Hostile final : public dugout::sdk::Recovery {
 public:
  Hostile(std::string_view config, dugout::sdk::Host host) : config_(config), host_(host) {}

  dugout::Outcome<std::string> advise(std::string_view /*failure*/) const override {
    if (is("one_more")) return wait("0");
    if (is("reask")) return std::string(R"({"action":"reask"})");
    if (is("next_key")) return std::string(R"({"action":"next_key"})");
    if (is("raise")) return raise();
    if (is("negative")) return wait("-1e300");
    if (is("huge")) return wait("1e308");
    if (is("beyond")) return wait("1e999");
    if (is("not_a_number")) return wait("NaN");
    if (is("rubbish")) return std::string("\xff{{<b>wait</b>");
    if (is("no_action")) return std::string(R"({"action":["wait"],"why":5})");
    if (is("unheard_of")) return std::string(R"({"action":"explode","why":"because"})");
    if (is("flood")) return std::string(R"({"action":"wait","why":")") + flood() + "\"}";
    if (is("slow")) return slow();
    throw std::runtime_error("thrown on purpose");
  }

  bool throws_across() const { return is("throws_across"); }

 private:
  bool is(std::string_view fault) const {
    return config_.find('"' + std::string(fault) + '"') != std::string::npos;
  }
  static std::string wait(const std::string& multiplier) {
    return R"({"action":"wait","why":"one more","wait_multiplier":)" + multiplier + "}";
  }
  static std::string raise() {
    return R"({"action":"raise_output_limit","factor":1e308,"start":-1e308,"ceiling":1e308})";
  }
  static std::string flood() { return std::string(1U << 20, 'x'); }

  // Ten seconds by the host's clock, whatever that is.
  dugout::Outcome<std::string> slow() const {
    const auto begun = host_.unix_ms();
    while (host_.unix_ms() < begun + kTenSeconds) {
    }
    return wait("1");
  }

  const std::string config_;
  const dugout::sdk::Host host_;
};

// As RecoveryFace, but for one who does not keep exceptions to itself.
struct HostileFace {
  using Base = dugout::sdk::Recovery;
  static constexpr std::string_view kId = DUGOUT_FACE_RECOVERY;

  static const void* table() {
    static const dugout_recovery_v1 table{sizeof(dugout_recovery_v1), 0, &advise};
    return &table;
  }

 private:
  static dugout_status advise(dugout_instance* self, dugout_text failure, dugout_sink* sink) {
    auto* hostile = static_cast<Hostile*>(reinterpret_cast<Base*>(self));
    const auto answer = [&] {
      return dugout::sdk::answer(sink, hostile->advise(dugout::sdk::view(failure)));
    };
    return hostile->throws_across() ? answer() : dugout::sdk::guarded(sink, answer);
  }
};

}  // namespace

DUGOUT_PLUGIN(Hostile, HostileFace, ABI_ID)

// Gives an answer that was cut off more room.
#include "patterned/patterned.hpp"

namespace {

using patterned::json;

class RaiseOutputLimit final : public patterned::Strategy {
 public:
  explicit RaiseOutputLimit(std::string_view config) : RaiseOutputLimit(read(config)) {}

 private:
  explicit RaiseOutputLimit(const json& config)
      : Strategy(config),
        advice_{{"action", "raise_output_limit"},
                {"factor", config.value("factor", 2.0)},
                {"start", config.value("start", 4096)},
                {"ceiling", config.value("ceiling", 16'384)}} {}

  json advice() const override { return advice_; }

  const json advice_;
};

}  // namespace

DUGOUT_RECOVERY_PLUGIN(RaiseOutputLimit, "recovery.raise_output_limit")

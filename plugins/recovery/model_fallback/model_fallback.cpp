// Goes to the agent's next target when a model is overloaded or does not exist.
#include "patterned/patterned.hpp"

namespace {

using patterned::json;

class ModelFallback final : public patterned::Strategy {
 public:
  explicit ModelFallback(std::string_view config) : Strategy(read(config)) {}

 private:
  json advice() const override { return {{"action", "next_target"}}; }
};

}  // namespace

DUGOUT_RECOVERY_PLUGIN(ModelFallback, "recovery.model_fallback")

// Goes on with the provider's next API key when the one in use has no money left or is refused.
#include "patterned/patterned.hpp"

namespace {

using patterned::json;

class KeyRotation final : public patterned::Strategy {
 public:
  explicit KeyRotation(std::string_view config) : Strategy(read(config)) {}

 private:
  json advice() const override { return {{"action", "next_key"}}; }
};

}  // namespace

DUGOUT_RECOVERY_PLUGIN(KeyRotation, "recovery.key_rotation")

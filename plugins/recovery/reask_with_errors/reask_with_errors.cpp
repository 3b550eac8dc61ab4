// Asks again at once, with the errors, when an answer came and was wrong: a model that is told what
// is wrong mostly puts it right, and no wait makes it better.
#include "patterned/patterned.hpp"

namespace {

using patterned::json;

class ReaskWithErrors final : public patterned::Strategy {
 public:
  explicit ReaskWithErrors(std::string_view config) : ReaskWithErrors(read(config)) {}

 private:
  explicit ReaskWithErrors(const json& config)
      : Strategy(config), times_(config.value("times", 1)) {}

  json advice() const override { return {{"action", "reask"}}; }

  // The same mistake again: telling it once more costs tokens and helps nobody.
  std::string veto(const json& failure) const override {
    return failure.value("repeats", 1) > times_ ? "it was told already" : "";
  }

  const int times_;
};

}  // namespace

DUGOUT_RECOVERY_PLUGIN(ReaskWithErrors, "recovery.reask_with_errors")

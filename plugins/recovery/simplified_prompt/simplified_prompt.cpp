// Asks with shorter instructions and the schema restated when a model keeps missing the form, stops
// half-way, or a content filter steps in.
#include <algorithm>
#include <vector>

#include "patterned/patterned.hpp"

namespace {

using patterned::json;

class SimplifiedPrompt final : public patterned::Strategy {
 public:
  explicit SimplifiedPrompt(std::string_view config) : SimplifiedPrompt(read(config)) {}

 private:
  explicit SimplifiedPrompt(const json& config)
      : Strategy(config),
        repeated_classes_(list(config, "repeated_classes")),
        repeats_(config.value("repeats", 2)) {}

  json advice() const override { return {{"action", "simplify_prompt"}}; }

  std::string otherwise(const json& failure) const override {
    const auto cls = failure.value("class", "");
    const auto& known = repeated_classes_;
    const bool listed = std::find(known.begin(), known.end(), cls) != known.end();
    return listed && failure.value("repeats", 1) >= repeats_ ? "class " + cls + ", repeated" : "";
  }

  const std::vector<std::string> repeated_classes_;
  const int repeats_;
};

}  // namespace

DUGOUT_RECOVERY_PLUGIN(SimplifiedPrompt, "recovery.simplified_prompt")

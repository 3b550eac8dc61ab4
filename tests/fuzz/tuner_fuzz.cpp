// What the learned tuner makes of a log, of a situation and of a model file: a proposal stays in
// its bounds, and what is no model is refused. The first byte says which.
#include "memory_file.hpp"
#include "support/plugin_harness.hpp"
#include "target.hpp"

using dugout::fuzz::require;
using dugout::test::PluginUnderTest;
using nlohmann::json;

FUZZ_TARGET(tuner) {
  static PluginUnderTest plugin("tuner.learned");
  if (input.empty()) return;
  const auto text = input.substr(1);
  if (input.front() % 2 == 0) {
    require(plugin.train(text).status != DUGOUT_E_INTERNAL, "no log makes it fall over");
    return;
  }
  require(plugin.propose(text).status != DUGOUT_E_INTERNAL, "no situation makes it fall over");
}

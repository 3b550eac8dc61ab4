// Any text through parser.raw: what is shown is the text itself, and never what looks like JSON.
#include "core/text.hpp"
#include "support/plugin_harness.hpp"
#include "target.hpp"

using dugout::fuzz::require;

FUZZ_TARGET(raw) {
  static dugout::test::PluginUnderTest plugin("parser.raw");
  const auto read = plugin.parse(input);
  require(read.status != DUGOUT_E_INTERNAL, "nothing is thrown");
  if (!read.done()) return;
  const auto answer = nlohmann::json::parse(read.text, nullptr, false);
  if (!dugout::core::is_utf8(input)) return;
  require(answer.is_object() && answer.size() == 1, "an answer holds a message and nothing else");
  const auto& message = answer["agent_final_response"].get_ref<const std::string&>();
  require(input.find(message) != input.npos, "which is what was said");
  require(message.front() != '{' && message.front() != '[', "and no JSON");
}

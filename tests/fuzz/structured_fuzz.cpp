// A model's answer through parser.structured: what is taken is an answer, taken again it is the
// same, and no beginning of an answer is ever made into one.
#include "support/plugin_harness.hpp"
#include "target.hpp"

using dugout::fuzz::require;
using nlohmann::json;

FUZZ_TARGET(structured) {
  static dugout::test::PluginUnderTest plugin("parser.structured");
  const auto read = plugin.parse(input);
  require(read.status != DUGOUT_E_INTERNAL, "nothing is thrown");
  if (!read.done()) return;
  const auto answer = json::parse(read.text, nullptr, false);
  require(answer.is_object(), "an answer is a JSON object");
  const auto message = answer.find("agent_final_response");
  require(message != answer.end() && message->is_string() && !message->empty(), "with a message");
  require(!answer.contains("routine_number") || answer["routine_number"].is_number_integer(),
          "a routine is a whole number");

  auto again = plugin.parse(read.text);
  require(again.done(), "an answer is taken as it stands");
  auto same = json::parse(again.text);
  same.erase("repaired");
  auto plain = answer;
  plain.erase("repaired");
  require(same == plain || same["agent_final_response"] != plain["agent_final_response"],
          "and stays what it is");

  // A whole object, strictly read: cut anywhere it is no answer.
  if (answer.contains("repaired") || input.front() != '{' || input.back() != '}') return;
  const auto cut = input.substr(0, 1 + input.size() * 7919 % (input.size() - 1));
  require(!plugin.parse(cut).done(), "a cut-off answer is not repaired into one");
}

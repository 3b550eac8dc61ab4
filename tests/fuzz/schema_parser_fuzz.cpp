// A model's answer and a schema through parser.schema: what is taken conforms, and is no repair.
#include "config/json_schema.hpp"
#include "core/json.hpp"
#include "support/plugin_harness.hpp"
#include "target.hpp"

using dugout::fuzz::require;

FUZZ_TARGET(schema_parser) {
  static dugout::test::PluginUnderTest plugin("parser.schema");
  const dugout::fuzz::Parts<2> part(input);
  const auto schema = part[1].empty() ? std::string_view("{\"type\":\"object\"}") : part[1];
  const auto read = plugin.parse(part[0], schema);
  require(read.status != DUGOUT_E_INTERNAL, "nothing is thrown");
  if (!read.done()) return;
  const auto answer = nlohmann::json::parse(read.text, nullptr, false);
  require(answer.is_object() && answer["agent_final_response"].is_string(), "an answer is one");
  require(!answer.contains("repaired"), "nothing is repaired");
  const auto raw = nlohmann::json::parse(part[0], nullptr, false);
  const auto compiled = dugout::config::JsonSchema::compile(schema);
  // A schema may allow a string, which is the message then.
  require(raw.is_object() || raw.is_string(), "what was read was JSON as it stood");
  require(compiled.ok() && compiled->check(raw).empty(), "and conforms to the schema");
}

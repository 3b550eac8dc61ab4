// A schema and an instance: compiles or names a place; errors are bounded and point into the
// instance.
#include <nlohmann/json.hpp>

#include "config/json_schema.hpp"
#include "core/text.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

FUZZ_TARGET(json_schema) {
  const fuzz::Parts<2> part(input);
  const auto schema = config::JsonSchema::compile(part[0]);
  if (!schema) {
    require(!schema.error().message.empty(), "a refusal says why");
    return;
  }
  const auto instance = core::parse_json(part[1]);
  if (!instance) return;
  const auto errors = schema->check(*instance, 5);
  require(errors.size() <= 5, "no more errors than asked for");
  for (const auto& error : errors) {
    require(instance->contains(core::Json::json_pointer(error.pointer)) || error.pointer.empty(),
            "an error points into the instance");
    require(core::is_utf8(error.message), "its words are UTF-8");
  }
  require(schema->check(*instance, 1).empty() == errors.empty(), "the limit decides nothing");
}

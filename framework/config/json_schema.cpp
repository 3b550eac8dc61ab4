// The public face of the JSON Schema validator.
#include "config/json_schema.hpp"

#include "config/schema_check.hpp"
#include "config/schema_compile.hpp"

namespace dugout::config {

Outcome<JsonSchema> JsonSchema::compile(const core::Json& schema) {
  auto compiled = std::make_shared<Compiled>();
  compiled->document = schema;
  try {
    SchemaCompiler(*compiled).run();
  } catch (const SchemaFault& fault) {
    const auto place = fault.pointer.empty() ? std::string("the schema") : fault.pointer;
    return Error{Code::kInvalid, place + ": " + fault.message,
                 core::canonical({{"pointer", fault.pointer}})};
  }
  return JsonSchema(std::move(compiled));
}

Outcome<JsonSchema> JsonSchema::compile(std::string_view text) {
  auto schema = core::parse_json(text);
  if (!schema) return schema.error();
  return compile(*schema);
}

std::vector<SchemaError> JsonSchema::check(const core::Json& instance, std::size_t limit) const {
  return SchemaChecker(*compiled_, limit == 0 ? 1 : limit).run(instance);
}

}  // namespace dugout::config

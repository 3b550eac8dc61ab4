// JSON Schema 2020-12, compiled once and used from any thread. `pattern` runs on RE2, which is
// linear; nesting is bounded; both because the instance may be written by a model or a user.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "dugout/sdk/outcome.hpp"

namespace dugout::config {

struct SchemaError {
  std::string pointer;         // JSON pointer into the instance, "" = the whole
  std::string schema_pointer;  // JSON pointer into the schema
  std::string message;         // "must be an integer", "unknown member \"colour\""
};

class JsonSchema {
 public:
  // kInvalid with the pointer of the first keyword that is not a schema.
  static Outcome<JsonSchema> compile(const core::Json& schema);
  static Outcome<JsonSchema> compile(std::string_view text);
  // Json is made of any text: these two keep a text a text.
  static Outcome<JsonSchema> compile(const std::string& text) {
    return compile(std::string_view(text));
  }
  static Outcome<JsonSchema> compile(const char* text) { return compile(std::string_view(text)); }

  // At most `limit` errors; empty = the instance conforms.
  std::vector<SchemaError> check(const core::Json& instance, std::size_t limit = 20) const;

  struct Compiled;

 private:
  explicit JsonSchema(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace dugout::config

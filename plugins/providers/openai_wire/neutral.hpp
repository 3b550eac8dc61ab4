// The host's neutral request and answer, as both codecs read and write them.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dugout/sdk/outcome.hpp"
#include "dugout/sdk/provider.hpp"

namespace dugout::openai {

// kInvalid unless it is an object with a model and items, not nested too deeply.
Outcome<nlohmann::json> read_request(std::string_view request);

// A member as text; empty when absent, null or of another type.
std::string text_in(const nlohmann::json& object, const char* key);

// Instance of a plugin's configuration; it passed the schema already.
nlohmann::json read_config(std::string_view config);
// Copies the members of `config` that are named in `names` and set.
void copy_settings(const nlohmann::json& config, std::initializer_list<const char*> names,
                   nlohmann::json& body);

// {"name","description","parameters","strict"} of one offered tool.
nlohmann::json function_of(const nlohmann::json& tool);
// {"name","schema","strict"} of the answer's schema.
nlohmann::json named_schema(const nlohmann::json& request);

sdk::EncodedRequest encoded(const char* path, const nlohmann::json& request,
                            const nlohmann::json& body);

struct NeutralAnswer {
  struct Text {
    std::string text;
    std::optional<std::string> phase;
  };
  struct Call {
    std::string id, name, arguments;
  };

  std::vector<Text> texts;
  std::optional<std::string> output_text;  // the body's own
  std::vector<Call> calls;
  std::string refusal;  // counts only when there is no text
  std::string_view finish = "stop";
  std::int64_t input_tokens = 0, output_tokens = 0;
  std::string model, id;

  std::string json() const;
};

}  // namespace dugout::openai

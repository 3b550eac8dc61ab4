// The strict subset of JSON Schema that OpenAI enforces while a model writes. A schema outside it
// is a 400, so what does not fit is sent as advice (strict: false); the host checks every answer
// and every argument against the whole schema anyway.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace dugout::openai {

// The schema in strict form, or nullopt. Nothing that a strict answer could contain is refused by
// `schema` for its shape: optional members become required only when they may be null already.
// Lengths, patterns and annotations are left out.
std::optional<nlohmann::json> strict_form(const nlohmann::json& schema);

// "[a-zA-Z0-9_-]{1,64}", other characters become "_".
std::string schema_name(std::string_view name);

}  // namespace dugout::openai

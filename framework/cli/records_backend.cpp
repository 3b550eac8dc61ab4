#include "cli/records_backend.hpp"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "config/json_schema.hpp"

namespace dugout::cli {
namespace {

using core::Finding;
using core::Json;

constexpr const char* kSchema = R"({
  "type": "object", "additionalProperties": false, "required": ["backend"],
  "properties": {
    "backend": {"enum": ["local", "airtable"]},
    "api_key": {"type": "string"},
    "base_id": {"type": "string", "pattern": "^[A-Za-z0-9]*$"},
    "base_url": {"type": "string", "pattern": "^https?://[^ ?#]+$"},
    "tables": {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}}}})";

void add(core::Findings& findings, Finding::Severity severity, const std::string& file,
         const std::string& message, const std::string& hint) {
  findings.push_back({severity, file, 0, 0, message, hint});
}

bool has_shape(const Json& block, const std::string& file, core::Findings& findings) {
  const auto schema = config::JsonSchema::compile(kSchema);
  if (!schema) {
    add(findings, Finding::Severity::kError, file, schema.error().message, "");
    return false;
  }
  const auto errors = schema->check(block);
  for (const auto& error : errors) {
    add(findings, Finding::Severity::kError, file,
        "services.records" + error.pointer + " " + error.message, "see docs/configuration.md");
  }
  return errors.empty();
}

}  // namespace

std::optional<records::AirtableOptions> airtable_options(const config::Settings& settings,
                                                         const std::string& file,
                                                         core::Findings& findings) {
  const auto found = settings.services.find("records");
  if (found == settings.services.end()) return std::nullopt;
  const auto block = core::parse_json(found->second);
  if (!block || !has_shape(*block, file, findings)) return std::nullopt;
  if (core::member(*block, "backend") != "airtable") return std::nullopt;
  records::AirtableOptions options;
  options.api_key = core::member(*block, "api_key");
  options.base_id = core::member(*block, "base_id");
  options.base_url = core::member(*block, "base_url", options.base_url);
  while (options.base_url.ends_with('/')) options.base_url.pop_back();
  options.tables = block->value("tables", std::map<std::string, std::string>());
  if (options.base_id.empty() || options.tables.empty()) {
    add(findings, Finding::Severity::kError, file,
        "services.records: Airtable needs base_id and tables",
        "such as base_id: appABC, tables: {registrations: tblDEF}");
    return std::nullopt;
  }
  if (options.api_key.empty()) {
    add(findings, Finding::Severity::kWarning, file,
        "services.records.api_key is empty: what goes to Airtable will fail",
        "give a personal access token, such as api_key: ${AIRTABLE_API_KEY}");
  }
  return options;
}

records::KnownColumns record_columns(const std::string& root, core::Findings& findings) {
  const auto path = root + "/agents/schemas/record_columns.json";
  std::ifstream file(path, std::ios::binary);
  if (!file) return {};
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto columns = records::read_columns(text);
  if (columns) return *std::move(columns);
  add(findings, Finding::Severity::kError, path, columns.error().message,
      "look at the file as it was shipped");
  return {};
}

}  // namespace dugout::cli

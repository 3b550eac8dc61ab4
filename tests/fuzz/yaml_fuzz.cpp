// Any text as YAML: bounded, findings with a place, and JSON that can be read.
#include <nlohmann/json.hpp>

#include "config/yaml.hpp"
#include "core/json.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

FUZZ_TARGET(yaml) {
  core::Findings findings;
  const auto file = config::parse_yaml(input, "a.yaml", findings, {.bytes = 1U << 16});
  for (const auto& finding : findings) {
    require(finding.file == "a.yaml", "a finding names its file");
    require(finding.line >= 0 && finding.column >= 0, "and a place in it");
    require(!finding.message.empty(), "and says what is wrong");
  }
  require(file.has_value() || core::has_errors(findings), "a file that is not usable has an error");
  if (!file || core::has_errors(findings)) return;
  const auto read = core::parse_json(config::to_json(file->root), {.depth = 64});
  require(read.ok(), "a tree is JSON");
}

// plugin.yaml and the declaration a tool gives of itself: refused with a reason, or complete.
#include "host/manifest.hpp"

#include "host/tool_declaration.hpp"
#include "memory_file.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

FUZZ_TARGET(manifest) {
  const fuzz::Parts<2> part(input);
  const fuzz::MemoryFile file(part[0].substr(0, 1U << 16));
  core::Findings findings;
  const auto found = host::read_manifest(file.path(), findings);
  for (const auto& finding : findings) {
    require(finding.file == file.path() && !finding.message.empty(),
            "a finding says what and where");
  }
  require(found.why.empty() || core::has_errors(findings), "a refusal is a finding");
  if (found.why.empty()) {
    require(found.manifest.id.find('.') != std::string::npos, "an id has a kind");
    require(!found.manifest.library.empty() && !found.manifest.faces.empty(), "nothing is missing");
    require(found.manifest.library.find("..") == std::string::npos ||
                found.manifest.library.rfind('/') < found.manifest.library.find(".."),
            "a library stands in its folder");
  }
  host::Manifest manifest;
  manifest.id = "tool.t";
  const auto declared = host::read_declaration(manifest, part[1]);
  if (!declared) {
    require(!declared.error().message.empty(), "a refusal says why");
    return;
  }
  require(!declared->declaration.name.empty(), "a tool has a name");
}

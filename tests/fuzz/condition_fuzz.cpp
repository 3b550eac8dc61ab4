// The `when` of a rule: what is read is written as it means, and holds or does not.
#include "config/yaml.hpp"
#include "routines/condition.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

namespace {

struct Person final : routines::Values {
  std::optional<std::string> get(std::string_view name) const override {
    if (name == "age_group") return "u16";
    if (name == "player_dob") return "29-02-2012";
    if (name == "kit_needed") return "Y";
    if (name == "amount") return "27.50";
    return name.empty() || name.size() % 2 == 0 ? std::nullopt : std::optional(std::string(name));
  }
  core::WallTime today() const override {
    return core::WallTime(std::chrono::milliseconds(1'759'320'000'000));
  }
};

std::optional<routines::Condition> read(std::string_view text, core::Findings& findings) {
  const auto file = config::parse_yaml(text, "f.yaml", findings, {.bytes = 1U << 16});
  const auto* when = file ? file->root.find("when") : nullptr;
  return when == nullptr ? std::nullopt : routines::parse_condition(*when, "f.yaml", findings);
}

}  // namespace

FUZZ_TARGET(condition) {
  core::Findings findings;
  const auto condition = read("when: " + std::string(input), findings);
  for (const auto& finding : findings) {
    require(finding.file == "f.yaml" && !finding.message.empty(), "a finding says what and where");
  }
  if (!condition || !findings.empty()) return;
  const Person person;
  const bool holds = condition->holds(person);
  for (const auto& name : condition->reads()) require(!name.empty(), "it reads names");
  require(condition->holds(person) == holds, "it holds or it does not");
  require(!condition->text().empty(), "it can be shown");
}

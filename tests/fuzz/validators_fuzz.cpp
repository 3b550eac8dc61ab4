// A model's words through the validators: the first byte picks one. A verdict is a confidence.
#include <memory>
#include <vector>

#include "core/text.hpp"
#include "support/plugin_harness.hpp"
#include "target.hpp"

using dugout::fuzz::require;
using dugout::test::PluginUnderTest;
using nlohmann::json;

namespace {

const json kContext{
    {"agent", "new_registration"},
    {"routine", 3},
    {"next", {4, 5}},
    {"pinned",
     {{"amounts", {"45.00", 27.5, "1200"}}, {"facts", {{"paid", false}, {"registered", false}}}}},
    {"amounts", {"45.00", 27.5, "1200"}},
    {"facts", {{"paid", false}, {"registered", false}}},
    {"schema", {{"type", "object"}}}};

json answer_of(std::string_view input) {
  auto answer = json::parse(input, nullptr, false);
  if (answer.is_object()) return answer;
  return {{"agent_final_response", dugout::core::to_utf8(input)}, {"routine_number", 4}};
}

}  // namespace

FUZZ_TARGET(validators) {
  static std::vector<std::unique_ptr<PluginUnderTest>> all;
  if (all.empty()) {
    for (const auto* id : {"validator.business_logic", "validator.json_structure",
                           "validator.routine_progression", "validator.semantic_content"}) {
      all.push_back(std::make_unique<PluginUnderTest>(id));
    }
  }
  if (input.empty()) return;
  auto answer = answer_of(input.substr(1));
  if (!answer.contains("raw")) answer["raw"] = dugout::core::to_utf8(input.substr(1));
  const auto given =
      all[static_cast<unsigned char>(input.front()) % all.size()]->validate(answer, kContext);
  require(given.status != DUGOUT_E_INTERNAL, "nothing is thrown");
  if (!given.done()) return;
  const auto verdict = json::parse(given.text, nullptr, false);
  require(verdict.is_object() && verdict["confidence"].is_number(), "a verdict is a confidence");
  const auto confidence = verdict["confidence"].get<double>();
  require(confidence >= 0 && confidence <= 1, "from nought to one");
}

// Reads how far an agent's answers are trusted: its validators with their weights, the thresholds
// of the mean, and what an answer must not contradict.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "routines/load_parts.hpp"

namespace dugout::routines {
namespace {

constexpr double kMostWeight = 1000.0;

// A number from low to high; `kept` when it is absent or wrong.
double number(MapReader& reader, std::string_view key, double kept, double high,
              std::string_view expected) {
  const auto* node = reader.take(key);
  if (node == nullptr) return kept;
  const auto value = node->as_number();
  if (value && *value >= 0.0 && *value <= high) return *value;
  reader.wrong(*node, key, expected);
  return kept;
}

ValidatorUse load_use(const config::Node& node, const FileFindings& out) {
  ValidatorUse use;
  use.mark = node.mark;
  if (node.is_scalar()) {
    use.name = node.scalar;
    return use;
  }
  MapReader reader(node, "a validator", out);
  use.name = reader.required_text("name");
  use.mark = reader.mark_of("name");
  use.weight = number(reader, "weight", use.weight, kMostWeight, "a number from 0 to 1000");
  reader.finish();
  return use;
}

void load_validators(MapReader& reader, const FileFindings& out, Agent& agent) {
  const auto* list = reader.take("validators");
  if (list == nullptr) return;
  if (!list->is_list()) {
    return reader.wrong(*list, "validators", "a list, such as [json_structure, semantic_content]");
  }
  for (const auto& node : list->items) {
    auto use = load_use(node, out);
    const bool twice =
        std::any_of(agent.validators.begin(), agent.validators.end(),
                    [&](const ValidatorUse& other) { return other.name == use.name; });
    if (twice)
      out.error(use.mark, "validator \"" + use.name + "\" is named twice", "give it a weight");
    if (!use.name.empty() && !twice) agent.validators.push_back(std::move(use));
  }
}

void load_confidence(MapReader& reader, const FileFindings& out, Agent& agent) {
  const auto* node = reader.take("confidence");
  if (node == nullptr) return;
  MapReader inner(*node, "confidence", out);
  auto& confidence = agent.confidence;
  confidence.valid = number(inner, "valid", confidence.valid, 1.0, "a number from 0 to 1");
  confidence.retry = number(inner, "retry", confidence.retry, 1.0, "a number from 0 to 1");
  inner.finish();
  if (confidence.retry > confidence.valid) {
    out.error(inner.mark_of("retry"), "confidence: retry is above valid",
              "an answer would be asked for again and taken at the same time");
  }
}

void check_pinned(const std::string& name, config::Mark mark, const Settings& settings,
                  const FileFindings& out) {
  if (is_field_name(name) || settings.contains(name)) return;
  std::vector<std::string> known;
  for (const auto& [setting, value] : settings) known.push_back(setting);
  const auto near = config::nearest(name, known);
  out.error(mark, "pinned: \"" + name + "\" is neither a setting nor a record field",
            near.empty() ? "such as club.monthly_fee" : "did you mean " + near + "?");
}

void load_pinned(MapReader& reader, const Settings& settings, const FileFindings& out,
                 Agent& agent) {
  const auto* node = reader.take("pinned");
  if (node == nullptr) return;
  MapReader inner(*node, "pinned", out);
  agent.pinned.amounts = inner.texts("amounts");
  agent.pinned.facts = inner.text_pairs("facts");
  for (const auto& name : agent.pinned.amounts)
    check_pinned(name, inner.mark_of("amounts"), settings, out);
  for (const auto& [fact, name] : agent.pinned.facts)
    check_pinned(name, inner.mark_of("facts"), settings, out);
  inner.finish();
}

}  // namespace

void load_trust(MapReader& reader, const Settings& settings, const FileFindings& out,
                Agent& agent) {
  load_validators(reader, out, agent);
  load_confidence(reader, out, agent);
  load_pinned(reader, settings, out, agent);
}

}  // namespace dugout::routines

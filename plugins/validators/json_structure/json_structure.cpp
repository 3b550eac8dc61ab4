// Trusts an answer as far as its text is the JSON that was asked for.
#include "judged/judged.hpp"

namespace {

using judged::json;
using judged::Opinion;

constexpr auto kMessage = "agent_final_response";
constexpr auto kRoutine = "routine_number";

struct Found {
  bool json = false, mended = false, message = false, routine = false;
};

// A parser may have taken the object out of prose or a fence; then its members count.
Found look(const json& answer) {
  Found found;
  const auto text = judged::parse(answer.at("raw").get_ref<const std::string&>());
  found.json = !text.is_discarded();
  found.mended = !text.is_object() && answer.value("repaired", false);
  const auto& object = found.mended ? answer : text;
  found.message = object.is_object() && object.contains(kMessage);
  found.routine = object.is_object() && object.contains(kRoutine);
  return found;
}

class JsonStructure final : public judged::Validator {
 public:
  explicit JsonStructure(std::string_view config) : JsonStructure(read(config)) {}

 private:
  explicit JsonStructure(const json& config)
      : complete_(config.value("complete", 0.8)),
        mended_(config.value("mended", 0.6)),
        incomplete_(config.value("incomplete", 0.3)),
        absent_(config.value("absent", 0.1)) {}

  dugout::Outcome<Opinion> judge(const json& answer, const json& context) const override {
    if (!answer.contains("raw")) return no_opinion("the model's text is not known");
    const auto found = look(answer);
    const bool any = found.json || found.mended;
    if (!found.message && context.value("schema", "any").empty())
      return no_opinion("no JSON was asked for");
    Opinion opinion;
    opinion.details = {{"valid_json", found.json},
                       {"mended", found.mended},
                       {"has_message", found.message},
                       {"has_routine_number", found.routine}};
    opinion.confidence = confidence(found);
    if (found.message && found.routine) return opinion;
    opinion.cls = "schema";
    opinion.message =
        "The answer must be exactly one JSON object with agent_final_response and "
        "routine_number, and nothing before or after it; ";
    opinion.message += !any             ? "it held no JSON."
                       : !found.message ? "agent_final_response was missing."
                                        : "routine_number was missing.";
    return opinion;
  }

  double confidence(const Found& found) const {
    if (!found.json && !found.mended) return absent_;
    if (!found.message || !found.routine) return incomplete_;
    return found.mended ? mended_ : complete_;
  }

  const double complete_, mended_, incomplete_, absent_;
};

}  // namespace

DUGOUT_VALIDATOR_PLUGIN(JsonStructure, "validator.json_structure")

// Trusts an answer as far as it reads like one: long enough, and it asks, greets or thanks.
#include "judged/judged.hpp"

namespace {

using judged::json;
using judged::Opinion;
using judged::Words;

class SemanticContent final : public judged::Validator {
 public:
  explicit SemanticContent(std::string_view config) : SemanticContent(read(config)) {}

 private:
  explicit SemanticContent(const json& config)
      : longer_than_(config.value("longer_than", std::size_t{10})),
        greetings_(
            judged::lowered(config.value("greetings", Words{"hello", "hi", "thank", "thanks"}))),
        question_marks_(config.value("question_marks", Words{"?"})),
        confident_(config.value("confident", 0.7)),
        doubtful_(config.value("doubtful", 0.4)) {}

  dugout::Outcome<Opinion> judge(const json& answer, const json& /*context*/) const override {
    if (!answer.contains("agent_final_response")) return no_opinion("there is no message");
    const auto& message = answer["agent_final_response"].get_ref<const std::string&>();
    // Bytes that go on a UTF-8 character are not counted.
    const auto length = static_cast<std::size_t>(
        std::count_if(message.begin(), message.end(), [](char c) { return (c & 0xC0) != 0x80; }));
    const bool asks =
        std::any_of(question_marks_.begin(), question_marks_.end(),
                    [&](const std::string& mark) { return message.find(mark) != message.npos; });
    const bool greets = judged::has_any(judged::plain(message), greetings_);
    const bool reads_well = length > longer_than_ && (asks || greets);
    Opinion opinion;
    opinion.confidence = reads_well ? confident_ : doubtful_;
    opinion.details = {{"length", length}, {"has_question", asks}, {"has_greeting", greets}};
    if (reads_well) return opinion;
    opinion.cls = "business_rule";
    opinion.message = length > longer_than_
                          ? "The answer neither asks nor thanks the person; end with the question "
                            "that comes next."
                          : "The answer is too short; answer in a whole sentence.";
    return opinion;
  }

  const std::size_t longer_than_;
  const Words greetings_, question_marks_;
  const double confident_, doubtful_;
};

}  // namespace

DUGOUT_VALIDATOR_PLUGIN(SemanticContent, "validator.semantic_content")

// What routine 5 and 26 ask about a child's health: whether there is an issue, which, and what is
// practical to know (where the inhaler is kept). The words are in conditions.cpp and verdict.cpp.
// [any]
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "conditions.hpp"
#include "dugout/sdk/plain_text.hpp"
#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"
#include "verdict.hpp"

namespace {

using dugout::sdk::refused;
using medical::Meaning;
using nlohmann::json;

constexpr std::size_t kMaxDetails = 500;  // characters; the record's limit
constexpr std::size_t kMaxRaw = 8000;     // bytes; nobody types more about this

constexpr std::string_view kDeclaration = R"({
"name": "medical_issues_validation",
"description": "Reads what a parent says about medical issues: yes or no, which, what to know.",
"arguments": {"type": "object", "additionalProperties": false, "required": ["has_issues"],
  "properties": {
    "mode": {"enum": ["answer", "details", "practical"], "default": "answer"},
    "has_issues": {"type": "string", "description": "What the user wrote"},
    "details": {"type": "string", "description": "Conditions that are known already"}}},
"result": {"type": "object", "required": ["value"], "properties": {
    "value": {"type": "string", "description": "Y or N; the list; the information"},
    "details": {"type": "string", "description": "answer: those that the text names"},
    "serious": {"enum": ["Y", "N"], "description": "Is it worth a practical question?"},
    "combined": {"type": "string", "description": "practical: with the conditions"
}
}
}
, "timeout_ms" : 1000, "check" : {
  "argument" : "has_issues"
}
})";

// "his kit bag" is read by the coach, to whom it is not his.
std::string without_possessives(std::string_view text) {
  std::string out;
  for (const auto word : dugout::sdk::blank_separated(text)) {
    const auto plain = dugout::sdk::lower(word);
    if (plain == "his" || plain == "her" || plain == "their" || plain == "my") continue;
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out;
}

class MedicalIssues final : public dugout::sdk::Tool {
 public:
  explicit MedicalIssues(std::string_view config)
      : more_serious_(json::parse(config).value("serious_words", std::vector<std::string>())) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [any]
  dugout::Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto given = json::parse(args);
    const auto raw = given.at("has_issues").get<std::string>();
    const auto details = given.value("details", std::string());
    const auto mode = given.value("mode", "answer");
    if (raw.size() > kMaxRaw || details.size() > kMaxRaw) return too_long();
    if (mode == "details") return details_of(raw);
    return mode == "practical" ? practical(raw, details) : answer(raw, details);
  }

 private:
  static std::string too_long() {
    return refused("too_long",
                   "Please shorten that to what a coach must know, at most 500 characters.");
  }

  static std::string accepted(const json& data) {
    return dugout::sdk::accepted(data.dump(-1, ' ', false, json::error_handler_t::replace));
  }

  // A condition that the parent rules out ("no asthma") is not serious.
  std::string is_serious(const std::vector<std::string>& conditions) const {
    for (const auto& condition : conditions) {
      const auto words = dugout::sdk::padded_words(condition);
      if (words.rfind(" no ", 0) == 0 || words.rfind(" not ", 0) == 0) continue;
      if (medical::severity(words, more_serious_) == medical::Severity::kSerious) return "Y";
    }
    return "N";
  }

  std::string answer(const std::string& raw, const std::string& details) const {
    const auto verdict = medical::verdict(raw, more_serious_);
    if (verdict.meaning == Meaning::kUnclear) {
      return refused("unclear",
                     "Is there a medical issue or an allergy, yes or no? If yes, which one?");
    }
    if (verdict.meaning == Meaning::kNo) return accepted({{"value", "N"}, {"serious", "N"}});
    const auto conditions = medical::listed(verdict.about + "\n" + details);
    json data = {{"value", "Y"}, {"serious", is_serious(conditions)}};
    const auto list = medical::joined(conditions);
    if (dugout::sdk::characters(list) > kMaxDetails) return too_long();
    if (!list.empty()) data["details"] = list;
    return accepted(data);
  }

  std::string details_of(const std::string& raw) const {
    const auto conditions = medical::listed(raw);
    if (conditions.empty() || medical::is_evasive(raw, more_serious_)) {
      return refused("no_details", "Which condition or allergy is it? A word or two will do.");
    }
    const auto list = medical::joined(conditions);
    if (dugout::sdk::characters(list) > kMaxDetails) return too_long();
    return accepted({{"value", list}, {"serious", is_serious(conditions)}});
  }

  static std::string practical(const std::string& raw, const std::string& details) {
    const auto known = dugout::sdk::tidy(details);
    const auto typed = dugout::sdk::tidy(raw);
    if (!typed.empty() && medical::says_nothing(typed)) {
      return accepted(
          {{"value", typed}, {"combined", dugout::sdk::first_characters(known, kMaxDetails)}});
    }
    if (medical::listed(raw).empty() || typed.back() == '?') {
      return refused("no_details",
                     "What should the coach know, such as where the inhaler is kept?");
    }
    const auto info = without_possessives(medical::without_lead_ins(typed));
    return accepted({{"value", typed}, {"combined", combined(known, info)}});
  }

  // What the conditions leave room for; they come first because they matter more.
  static std::string combined(const std::string& known, const std::string& info) {
    if (known.empty()) {
      return std::string(
          dugout::sdk::first_characters(medical::first_letter_raised(info), kMaxDetails));
    }
    const auto size = dugout::sdk::characters(known);
    if (size + 4 > kMaxDetails)
      return std::string(dugout::sdk::first_characters(known, kMaxDetails));
    const auto room = kMaxDetails - size - 3;
    return known + " (" + std::string(dugout::sdk::first_characters(info, room)) + ")";
  }

  const std::vector<std::string> more_serious_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(MedicalIssues, "tool.medical_issues_validation")

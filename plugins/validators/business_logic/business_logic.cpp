// Trusts an answer as far as it does not contradict what the server holds: amounts of money, and
// what has or has not happened.
#include <map>
#include <set>

#include "judged/judged.hpp"
#include "money.hpp"

namespace {

using judged::json;
using judged::Opinion;
using judged::Words;

// Words that say that something has happened, and what to tell a model that said so too early.
struct Claim {
  Words phrases;
  std::string correction;
};
using Claims = std::map<std::string, Claim>;

Claims shipped_claims() {
  return {
      {"paid",
       {{"payment received", "payment has been received", "payment was received",
         "received your payment", "payment has been taken", "payment was taken",
         "taken your payment", "payment is complete", "payment has gone through",
         "payment went through", "payment was successful", "you have paid"},
        "No payment has been taken; do not say so."}},
      {"registered",
       {{"registration is complete", "registration complete", "registration is now complete",
         "is now registered", "is fully registered", "now fully registered", "has been registered"},
        "The registration is not complete; do not say so."}}};
}

Claims read_claims(const json& config) {
  auto claims = shipped_claims();
  if (!config.contains("claims")) return claims;
  claims.clear();
  for (const auto& [fact, claim] : config["claims"].items()) {
    claims[fact] = {judged::lowered(claim.at("phrases").get<Words>()),
                    claim.at("correction").get<std::string>()};
  }
  return claims;
}

// Calls `visit` with each sentence; a point within a number ends none.
template <typename Visit>
void each_sentence(std::string_view text, Visit visit) {
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool stop = (c == '.' || c == '!' || c == '?') &&
                      (at + 1 == text.size() || !judged::part_of_a_word(text[at + 1]));
    if (!stop && c != '\n') continue;
    visit(text.substr(start, at + 1 - start));
    start = at + 1;
  }
  visit(text.substr(start));
}

class BusinessLogic final : public judged::Validator {
 public:
  explicit BusinessLogic(std::string_view config) : BusinessLogic(read(config)) {}

 private:
  explicit BusinessLogic(const json& config)
      : signs_{judged::lowered(config.value("currency_signs", Words{"£", "gbp"})),
               judged::lowered(config.value("currency_words", Words{"pounds", "pound", "gbp"}))},
        claims_(read_claims(config)),
        unless_(judged::lowered(
            config.value("unless", Words{"if", "once", "when", "after", "until", "before", "unless",
                                         "as soon as", "only", "but for", "except"}))),
        consistent_(config.value("consistent", 0.9)),
        contradicts_(config.value("contradicts", 0.1)) {}

  dugout::Outcome<Opinion> judge(const json& answer, const json& context) const override {
    const auto amounts = context.value("amounts", json::array());
    const auto facts = context.value("facts", json::object());
    if (!amounts.is_array() || !facts.is_object())
      return dugout::Error{dugout::Code::kInvalid, "amounts must be an array, facts an object"};
    if (amounts.empty() && facts.empty()) return no_opinion("nothing is pinned");
    const auto text = judged::plain(answer.value("agent_final_response", ""));
    Opinion opinion;
    const bool any_amount = check_amounts(text, amounts, opinion);
    const bool any_claim = check_claims(text, facts, opinion);
    // To say nothing of it is no proof of anything, and must not lift the mean.
    if (!any_amount && !any_claim) return no_opinion("nothing that is pinned is spoken of");
    opinion.confidence = opinion.message.empty() ? consistent_ : contradicts_;
    if (!opinion.message.empty()) opinion.cls = "business_rule";
    return opinion;
  }

  // Is there an amount to check?
  bool check_amounts(const std::string& text, const json& pinned, Opinion& opinion) const {
    std::set<long long> known;
    for (const auto& one : pinned) {
      if (const auto pence = money::amount_of(one); pence != money::kNoAmount) known.insert(pence);
    }
    if (known.empty()) return false;
    const auto named = money::amounts_in(text, signs_);
    const auto strange = std::count_if(named.begin(), named.end(),
                                       [&](long long pence) { return !known.contains(pence); });
    opinion.details["amounts"] = named.size();
    opinion.details["amounts_not_pinned"] = strange;
    if (strange == 0) return !named.empty();
    opinion.message = "The answer names an amount of money that is not one of the fixed ones:";
    for (const auto pence : known) opinion.message += " " + money::written(pence);
    opinion.message += ".";
    return true;
  }

  // Is something claimed of which the server knows whether it is so?
  bool check_claims(const std::string& text, const json& facts, Opinion& opinion) const {
    std::set<std::string> untrue;
    bool any = false;
    each_sentence(text, [&](std::string_view sentence) {
      if (sentence.ends_with('?') || judged::has_any(sentence, unless_)) return;
      for (const auto& [fact, claim] : claims_) {
        if (!facts.contains(fact) || !judged::has_any(sentence, claim.phrases)) continue;
        any = true;
        if (!facts[fact].get<bool>()) untrue.insert(fact);
      }
    });
    opinion.details["false_claims"] = untrue;
    for (const auto& fact : untrue) {
      if (!opinion.message.empty()) opinion.message += " ";
      opinion.message += claims_.at(fact).correction;
    }
    return any;
  }

  const money::Signs signs_;
  const Claims claims_;
  const Words unless_;
  const double consistent_, contradicts_;
};

}  // namespace

DUGOUT_VALIDATOR_PLUGIN(BusinessLogic, "validator.business_logic")

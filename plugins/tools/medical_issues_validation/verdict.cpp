// The order matters: a leading yes, then doubt, then a no, then a condition named without a yes.
#include "verdict.hpp"

#include <algorithm>

#include "conditions.hpp"
#include "dugout/sdk/plain_text.hpp"

namespace medical {
namespace {

using dugout::sdk::any_listed;
using dugout::sdk::padded_words;

constexpr std::size_t kLongestNo = 30;  // words; a longer text needs a clearer answer

constexpr std::string_view kYes =
    "yes|yeah|yep|yup|yea|ye|y|aye|afraid so|im afraid so|unfortunately yes|unfortunately he does|"
    "unfortunately she does|sadly yes|he does|she does|they do|i do|we do|there is|there are|"
    "he has|she has|they have";
constexpr std::string_view kNo =
    "no|nope|nah|none|nothing|n|nil|never|not really|n a|na|not at all|absolutely not|"
    "definitely not|certainly not|of course not|thankfully no|thankfully not|thankfully none|"
    "luckily no|luckily not|not that i know of|not that im aware of|not that we know of|"
    "afraid not|he doesnt|she doesnt|they dont|he does not|she does not|he hasnt|she hasnt|"
    "i dont think so|dont think so|none that i know of|not any|there are none|there arent any|"
    "there isnt|zero|nowt|not as far as i know|not that i can think of";
// Anywhere in a text that names no condition.
constexpr std::string_view kWell =
    "healthy|fit and well|fit as a fiddle|all fine|all good|hes fine|shes fine|is fine|"
    "theyre fine|perfectly fine|perfectly well|absolutely fine|no issues|no issue|no problems|"
    "no medical|no health|no conditions|no concerns|no allergies|nothing to report|"
    "nothing to declare|no known|all ok|all okay|hes good|shes good|hes ok|shes ok|hes "
    "perfect|shes perfect|fine thanks|hes well|shes well|no worries|in good health|perfect health";
constexpr std::string_view kHasNot =
    "doesnt have|does not have|hasnt got|has not got|has no|have no|has none|dont have|havent got|"
    "does not suffer|doesnt suffer|free of|hasnt any|isnt|is not|got no|without";
constexpr std::string_view kNegations = "no|not|none|nothing|never|nope|doesnt|hasnt|isnt";
constexpr std::string_view kDoubt =
    "maybe|perhaps|possibly|might|unsure|not sure|dont know|dunno|no idea|not certain|could be|"
    "who knows|depends|kind of|sort of|do not know|cant say|rather not|prefer not";
constexpr std::string_view kHas =
    "has|have|hes got|shes got|got|suffers|suffer|diagnosed|takes|needs|uses|gets|get|had|used "
    "to|wears|carries|"
    "allergic|born with";

bool starts_with(std::string_view padded, std::string_view phrase) {
  return padded.size() > phrase.size() + 1 && padded.substr(1, phrase.size()) == phrase &&
         padded[phrase.size() + 1] == ' ';
}

// The longest phrase that opens the text; its length, or 0.
std::size_t opening(std::string_view padded, std::string_view phrases) {
  std::size_t longest = 0;
  any_listed(phrases, [&](std::string_view phrase) {
    if (phrase.size() > longest && starts_with(padded, phrase)) longest = phrase.size();
    return false;
  });
  return longest;
}

// What follows "but", "just", "only", ... ; empty = none of them is there.
std::string_view after_turn(std::string_view padded) {
  std::size_t best = padded.npos, size = 0;
  for (const std::string_view turn :
       {" but ", " just ", " only ", " except ", " apart from ", " although ", " though ",
        " however ", " other than ", " aside from "}) {
    const auto at = padded.find(turn);
    if (at < best) best = at, size = turn.size();
  }
  return best == padded.npos ? std::string_view{} : padded.substr(best + size - 1);
}

std::size_t word_count(std::string_view padded) {
  return dugout::sdk::blank_separated(padded).size();
}

// The raw text after a turning word: what a "no, but he has asthma" is about.
std::string raw_after_turn(std::string_view raw) {
  const auto plain = dugout::sdk::lower(raw);
  std::size_t best = plain.npos, size = 0;
  for (const std::string_view turn :
       {"but ", "just ", "only ", "except ", "apart from ", "although ", "though ", "however ",
        "other than ", "aside from "}) {
    const auto at = plain.find(turn);
    const bool whole =
        at == 0 || (at != plain.npos && (plain[at - 1] == ' ' || plain[at - 1] == ','));
    if (whole && at < best) best = at, size = turn.size();
  }
  return best == plain.npos ? std::string(raw) : std::string(raw.substr(best + size));
}

class Reader {
 public:
  Reader(std::string_view raw, const std::vector<std::string>& more)
      : raw_(dugout::sdk::tidy(raw)), untidied_(raw), words_(padded_words(raw)), more_(more) {}

  Verdict read() const {
    const auto yes = opening(words_, kYes);
    const auto no = opening(words_, kNo);
    if (yes > 0 && yes >= no) return after_yes(yes);
    if (holds_any(words_, kDoubt)) return unclear();
    if (no > 0) return after_no(no);
    return unopened();
  }

 private:
  static Verdict unclear() { return {Meaning::kUnclear, {}}; }
  Verdict yes(std::string about) const { return {Meaning::kYes, std::move(about)}; }
  bool known(std::string_view padded) const {
    return severity(padded, more_) != Severity::kUnknown;
  }

  // "yes and no", "he has no issues", "yes he's healthy", "yes asthma, otherwise healthy".
  Verdict after_yes(std::size_t size) const {
    const std::string_view rest = std::string_view(words_).substr(size + 1);
    const bool opens_no =
        opening(rest, kNo) > 0 || starts_with(rest, "and no") || starts_with(rest, "not");
    if (!opens_no && (!holds_any(rest, kWell) || affirms_a_condition())) return yes(untidied_);
    const auto turned = after_turn(rest);
    if (known(turned) && !holds_any(turned, kNegations)) return yes(raw_after_turn(raw_));
    constexpr std::string_view kOfNo = "he has|she has|they have|there is|there are";
    return opening(words_, kOfNo) > 0 ? Verdict{Meaning::kNo, {}} : unclear();
  }

  // A piece of the list that names a condition and does not deny it.
  bool affirms_a_condition() const {
    for (const auto& piece : listed(untidied_)) {
      const auto words = padded_words(piece);
      const auto turned = after_turn(words);
      const auto before = std::string_view(words).substr(0, words.size() - turned.size() + 1);
      for (const auto part : {before, turned}) {
        if (known(part) && !holds_any(part, kNegations)) return true;
      }
    }
    return false;
  }

  // "no, just hay fever" is a yes; "no asthma" a no; "no he's got asthma" cannot be told.
  Verdict after_no(std::size_t size) const {
    const std::string_view rest = std::string_view(words_).substr(size + 1);
    const auto turned = after_turn(words_);
    const bool contradicts = starts_with(rest, "yes") || starts_with(rest, "yeah");
    if (contradicts) return unclear();
    if (!turned.empty() && !holds_any(turned, kNegations)) {
      if (known(turned)) return yes(raw_after_turn(raw_));
      const bool polite = holds_any(turned, kWell) || holds_any(turned, "thanks|thank|asking");
      if (holds_any(turned, kHas) || !polite) return unclear();
    }
    const bool affirmed = known(rest) && holds_any(rest, kHas) && !holds_any(words_, kHasNot) &&
                          !holds_any(rest, kNegations);
    if (affirmed || word_count(rest) > kLongestNo) return unclear();
    return {Meaning::kNo, {}};
  }

  Verdict unopened() const {
    const auto turned = after_turn(words_);
    const bool denied = holds_any(words_, kWell) || holds_any(words_, kHasNot);
    if (denied) {
      if (!turned.empty() && known(turned)) return yes(raw_after_turn(raw_));
      const bool mixed = !turned.empty() && holds_any(turned, kHas);
      return mixed || word_count(words_) > kLongestNo ? unclear() : Verdict{Meaning::kNo, {}};
    }
    if (words_ == " fine " || words_ == " perfect ") return {Meaning::kNo, {}};
    const bool asks = !raw_.empty() && raw_.back() == '?';
    if (asks) return unclear();
    const bool negative = holds_any(words_, kNegations);
    if (negative)
      return known(words_) || word_count(words_) > 8 ? unclear() : Verdict{Meaning::kNo, {}};
    if (known(words_) || holds_any(words_, kHas)) return yes(untidied_);
    return unclear();
  }

  const std::string raw_, untidied_;  // the second with its line breaks, which part a list
  const std::string words_;
  const std::vector<std::string>& more_;
};

}  // namespace

Verdict verdict(std::string_view raw, const std::vector<std::string>& more_serious) {
  return Reader(raw, more_serious).read();
}

bool says_nothing(std::string_view raw) {
  constexpr std::string_view kFillers =
      "thanks|thank|you|that|is|thats|all|else|nothing|to|add|i|know|of|really|its|fine|good|ok|no|"
      "not|at|it|sure|think|so|dont|all|for|now|there|isnt|anything|more|sorry|need|needed|"
      "practical";
  const auto words = padded_words(raw);
  if (opening(words, kNo) == 0 && opening(words, kDoubt) == 0 &&
      !holds_any(words, "nothing|thats all|thats it"))
    return false;
  // "no, he carries it himself" does say something.
  const auto open = std::max(opening(words, kNo), opening(words, kDoubt));
  for (const auto word : dugout::sdk::blank_separated(std::string_view(words).substr(open + 1))) {
    if (!any_listed(kFillers, [&](std::string_view filler) { return filler == word; }))
      return false;
  }
  return true;
}

bool is_evasive(std::string_view raw, const std::vector<std::string>& more_serious) {
  const auto words = padded_words(raw);
  if (severity(words, more_serious) != Severity::kUnknown) return false;
  const auto plain = dugout::sdk::tidy(raw);
  return (!plain.empty() && plain.back() == '?') || holds_any(words, kDoubt);
}

}  // namespace medical

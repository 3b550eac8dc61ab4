// The lists are data: whole words in lower case, apostrophes gone, as padded_words() gives them.
#include "conditions.hpp"

#include <utf8proc.h>

#include <algorithm>

#include "dugout/sdk/plain_text.hpp"

namespace medical {
namespace {

using dugout::sdk::any_listed;
using dugout::sdk::padded_words;

// Misspellings are those that parents make.
constexpr std::string_view kSerious =
    "asthma|asthmatic|asma|astma|athsma|asthama|inhaler|inhalers|ventolin|salbutamol|nebuliser|"
    "epipen|epipens|epi pen|epi pens|jext|emerade|auto injector|autoinjector|adrenaline|"
    "anaphylaxis|anaphylactic|diabetes|diabetic|diabetis|insulin|epilepsy|epileptic|epilepsey|"
    "seizure|seizures|siezures|convulsion|convulsions|has fits|blackouts|heart|cardiac|"
    "cardiomyopathy|arrhythmia|pacemaker|defibrillator|haemophilia|hemophilia|haemophiliac|"
    "bleeding disorder|von willebrand|sickle cell|cystic fibrosis|cancer|leukaemia|leukemia|"
    "lymphoma|tumour|tumor|chemotherapy|kidney|dialysis|transplant|addisons|adrenal|brain injury|"
    "stroke|hydrocephalus|shunt|blood clot|blood clots|thrombosis|warfarin|blood thinners|faints|"
    "fainting|syncope|tracheostomy|stoma|feeding tube|oxygen|rescue medication|"
    "emergency medication|cerebral palsy|spina bifida|muscular dystrophy|immune|"
    "difficulty breathing|breathing problems|breathing difficulties|life threatening";

constexpr std::string_view kAllergy = "allergy|allergies|allergic|alergy|alergic|allergys";

// An allergy to one of these needs no plan at the pitch, unless a medicine is named with it.
constexpr std::string_view kMildTriggers =
    "pollen|grass|dust|mites|cat|cats|dog|dogs|plaster|plasters|pet|pets|hayfever|hay fever|horse|"
    "horses|seasonal|washing powder|elastoplast|nickel";

constexpr std::string_view kMinor =
    "glasses|contact lenses|hay fever|hayfever|eczema|excema|psoriasis|fracture|fractured|broken|"
    "sprain|sprained|travel sickness|travel sick|car sick|car "
    "sickness|brace|braces|grommets|hearing aid|"
    "hearing aids|deaf|deafness|hard of hearing|colour blind|color blind|migraine|migraines|"
    "headaches|coeliac|celiac|lactose|intolerant|intolerance|adhd|autism|autistic|asd|aspergers|"
    "dyspraxia|dyspraxic|dyslexia|dyslexic|tourettes|osgood|severs|perthes|scoliosis|hypermobile|"
    "hypermobility|flat feet|growing pains|arthritis|hernia|anaemia|anaemic|nosebleeds|"
    "nose bleeds|ibs|crohns|colitis|thyroid|tonsillitis|asthmatic bronchitis|bronchitis|anxiety|"
    "depression|ocd|injury|surgery|operation|medication|tablets|vegetarian|verruca|ingrown|knee|"
    "ankle|bedwetting|wears an insole|insoles|downs syndrome|down syndrome";

// Medical names are too many to list; their endings are not.
bool has_medical_ending(std::string_view padded) {
  constexpr std::string_view kEndings =
      "itis |osis |aemia |emia |pathy |plegia |syndrome |disease |disorder |phobia |algia |palsy |"
      "ectomy ";
  return any_listed(kEndings,
                    [&](std::string_view ending) { return padded.find(ending) != padded.npos; });
}

bool is_blank_word(const std::string& item) {
  constexpr std::string_view kNothing =
      "yes|yeah|yep|yup|y|yes he does|yes she does|yes they do|he does|she does|they do|he has|"
      "she has|they have|he is|she is|thanks|thank "
      "you|please|sorry|hi|hello|has|have|a|the|also|no|"
      "none|nothing|nope|n a|na|details|it|some|one|unfortunately|sadly|ok|okay|i do|we do|a few|"
      "several|issues|medical issues|there are|there is|condition|conditions|issue|other|etc|"
      "does|do|did|is|are|afraid so|im afraid so|i am afraid so";
  const auto padded = padded_words(item);
  const auto words = std::string_view(padded).substr(1, padded.size() - 2);
  return words.empty() ||
         any_listed(kNothing, [&](std::string_view known) { return known == words; });
}

bool is_word_character(char32_t c) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

bool has_letter(std::string_view text) {
  while (!text.empty()) {
    const auto category =
        utf8proc_category(static_cast<utf8proc_int32_t>(dugout::sdk::take_character(text)));
    if (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) return true;
  }
  return false;
}

// Punctuation, symbols and blanks off both ends; a closing bracket stays with its opening one.
std::string_view bare(std::string_view text) {
  while (!text.empty()) {
    auto rest = text;
    const char32_t c = dugout::sdk::take_character(rest);
    if (is_word_character(c) || c == U'(') break;
    text = rest;
  }
  const bool bracket = text.find('(') != text.npos;
  auto rest = text;
  std::size_t keep = 0;
  while (!rest.empty()) {
    const char32_t c = dugout::sdk::take_character(rest);
    if (is_word_character(c) || (bracket && c == U')')) keep = text.size() - rest.size();
  }
  return text.substr(0, keep);
}

// Where a list is cut. " and " and " & " cut only as whole words.
std::vector<std::string> pieces(std::string_view raw) {
  std::vector<std::string> out(1);
  for (std::size_t i = 0; i < raw.size();) {
    const auto rest = raw.substr(i);
    const auto word = dugout::sdk::lower(rest.substr(0, 5));
    if (word == " and ") {
      out.emplace_back();
      i += 4;  // the last blank may open the next " and "
    } else if (rest.substr(0, 3) == " & ") {
      out.emplace_back();
      i += 2;
    } else if (std::string_view(",;|\n\r").find(raw[i]) != std::string_view::npos) {
      out.emplace_back();
      ++i;
    } else {
      out.back() += raw[i++];
    }
  }
  return out;
}

}  // namespace

bool holds_any(std::string_view padded, std::string_view phrases) {
  return any_listed(phrases, [&](std::string_view phrase) {
    for (auto at = padded.find(phrase); at != padded.npos; at = padded.find(phrase, at + 1)) {
      if (padded[at - 1] == ' ' && padded[at + phrase.size()] == ' ') return true;
    }
    return false;
  });
}

Severity severity(std::string_view words, const std::vector<std::string>& more_serious) {
  if (holds_any(words, kSerious)) return Severity::kSerious;
  for (const auto& phrase : more_serious) {
    if (words.find(padded_words(phrase)) != words.npos) return Severity::kSerious;
  }
  if (holds_any(words, kAllergy)) {
    const bool mild = holds_any(words, kMildTriggers) &&
                      !holds_any(words, "severe|severely|medication|medicine|antihistamine");
    return mild ? Severity::kMinor : Severity::kSerious;
  }
  if (holds_any(words, kMinor) || has_medical_ending(words)) return Severity::kMinor;
  return Severity::kUnknown;
}

std::string first_letter_raised(std::string_view text) {
  if (text.empty()) return {};
  auto rest = text;
  const auto first = static_cast<utf8proc_int32_t>(dugout::sdk::take_character(rest));
  std::string out;
  dugout::sdk::append_character(out, static_cast<char32_t>(utf8proc_totitle(first)));
  return out + std::string(rest);
}

std::string without_lead_ins(std::string_view text) {
  constexpr std::string_view kLeadIns =
      "he has been diagnosed with|she has been diagnosed with|has been diagnosed with|"
      "he's been diagnosed with|she's been diagnosed with|was diagnosed with|diagnosed with|"
      "suffers from|suffering from|suffers with|suffer from|medical issues are|they are|"
      "medical issues|medical issue|conditions|condition|issues|issue|he suffers from|"
      "she suffers from|he has got|she has got|he's got|she's got|has got|he has|she has|they have|"
      "he does|she does|they do|he is|she is|he's|she's|my son has|my daughter has|my child has|"
      "my son is|my daughter is|yes|yeah|yep|yup|yea|aye|unfortunately|sadly|has|have|got|had|also|"
      "and|but|just|only|a bit of|there is one|there's one|one is|it's|its|it is|there's|there "
      "is|well|um|er|he|she|they|my son|"
      "my daughter|my child|a|an";
  std::string out(bare(text));
  const auto take_one = [&] {
    const auto plain = dugout::sdk::lower(std::string_view(out).substr(0, 40));
    return any_listed(kLeadIns, [&](std::string_view words) {
      if (plain.substr(0, words.size()) != words || out.size() == words.size()) return false;
      if (std::string_view(" ,:.-").find(out[words.size()]) == std::string_view::npos) return false;
      out = std::string(bare(std::string_view(out).substr(words.size())));
      return true;
    });
  };
  while (take_one()) {
  }
  return out;
}

std::vector<std::string> listed(std::string_view raw) {
  std::vector<std::string> out;
  std::vector<std::string> seen;
  for (const auto& piece : pieces(raw)) {
    const auto item = without_lead_ins(dugout::sdk::tidy(piece));
    if (is_blank_word(item) || !has_letter(item)) continue;
    const auto key = padded_words(item);
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) continue;
    seen.push_back(key);
    out.push_back(first_letter_raised(item));
  }
  return out;
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
}

}  // namespace medical

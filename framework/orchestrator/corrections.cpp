#include "orchestrator/corrections.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "core/text.hpp"
#include "orchestrator/answers.hpp"

namespace dugout::orchestrator {
namespace {

using routines::ChoiceValue;
using routines::Field;
using routines::FieldType;

struct Home {
  const Field* field = nullptr;
  int routine = 0;
};

Home home_of(const routines::Flow& flow, const std::string& name) {
  for (const auto& [number, routine] : flow.routines) {
    for (const auto& field : routine.collects) {
      if (field.name == name) return {&field, number};
    }
  }
  return {};
}

bool stands_in(const std::vector<int>& numbers, int number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

bool may_correct(const Field& field, const Draft& draft) {
  return field.correctable && field.type != FieldType::kFile &&
         field.type != FieldType::kCorrection && draft.has(field.name);
}

// The fields that can be meant, by every name they go by.
std::vector<ChoiceValue> names_of(const routines::Flow& flow, const Draft& draft) {
  std::vector<ChoiceValue> names;
  for (const auto& [number, routine] : flow.routines) {
    for (const auto& field : routine.collects) {
      if (!may_correct(field, draft)) continue;
      ChoiceValue value{field.name, field.aliases};
      if (!field.label.empty()) value.variants.push_back(field.label);
      names.push_back(std::move(value));
    }
  }
  return names;
}

using SaidWords = std::vector<std::string>;

bool starts(const SaidWords& said, std::size_t at, const SaidWords& phrase) {
  return !phrase.empty() && at + phrase.size() <= said.size() &&
         std::equal(phrase.begin(), phrase.end(), said.begin() + static_cast<std::ptrdiff_t>(at));
}

template <typename Phrases>
bool one_starts(const SaidWords& said, std::size_t at, const Phrases& phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [&](const auto& phrase) { return starts(said, at, core::words(phrase)); });
}

// Where a sentence begins behind what people put before it: "Sorry, can I please ..."
std::size_t behind_politeness(const SaidWords& said) {
  static constexpr std::array kBefore{"sorry", "please", "oops", "wait", "oh",   "no",   "and",
                                      "can",   "could",  "may",  "i",    "you",  "we",   "want",
                                      "need",  "would",  "like", "to",   "have", "i'd",  "let",
                                      "me",    "hold",   "on",   "but",  "the",  "that", "hang"};
  std::size_t at = 0;
  while (at < said.size() && std::find(kBefore.begin(), kBefore.end(), said[at]) != kBefore.end())
    ++at;
  return at;
}

// What a sentence says of a detail: nothing, that it shall change, or that and to what.
enum class Wish { kNone, kBare, kWithMore };

// "Change my email to ...", "the email is wrong"; a name alone says nothing.
Wish wish_of(const std::string& text, const Field& field) {
  static constexpr std::array kChange{"change", "correct", "edit", "update", "fix", "amend"};
  static constexpr std::array kWrong{"is wrong",     "was wrong",   "is incorrect",
                                     "is not right", "isn't right", "has a typo",
                                     "is misspelt",  "has changed", "is not correct"};
  const auto said = core::words(text);
  const auto at = behind_politeness(said);
  const bool change = one_starts(said, at, kChange);
  const auto name_at = change ? at + 1 + (at + 1 < said.size() && said[at + 1] == "the") : at;
  auto names = field.aliases;
  names.push_back(field.label);
  auto found = Wish::kNone;
  for (const auto& name : names) {
    const auto words = core::words(name);
    if (!starts(said, name_at, words)) continue;
    const auto rest = name_at + words.size();
    const bool wrong = one_starts(said, rest, kWrong);
    if (!change && !wrong && !starts(said, rest, {"should", "be"})) continue;
    const bool bare = rest == said.size() || (wrong && rest + 4 > said.size());
    if (bare || found == Wish::kNone) found = bare ? Wish::kBare : Wish::kWithMore;
  }
  return found;
}

// The parts of the text that may hold the new value, the likeliest first: behind the last "to",
// "should be", ":" ..., then the whole.
std::vector<std::string> value_candidates(const std::string& text) {
  static constexpr std::array kBefore{" should be ", " to be ", " to ", "=", ": ", " is "};
  std::vector<std::string> candidates;
  for (const auto* mark : kBefore) {
    const auto at = text.rfind(mark);
    if (at == std::string::npos) continue;
    auto rest =
        std::string(core::trim(std::string_view(text).substr(at + std::string_view(mark).size())));
    if (!rest.empty()) candidates.push_back(std::move(rest));
  }
  return candidates;
}

// Free text has no form that could be found inside a sentence, so the whole is never its value.
bool found_in_sentence(const Field& field) {
  return field.type != FieldType::kText;
}

bool says_nothing_new(const std::string& value) {
  static const std::vector<ChoiceValue> complaint{
      {"wrong", {"incorrect", "not right", "not correct", "a mistake", "misspelt", "a typo"}}};
  return read_choice(value, complaint).value.has_value();
}

// A field that must differ from this one must also differ from its new value.
const Field* clash(const routines::Flow& flow, const Draft& draft, const std::string& name,
                   const std::optional<std::string>& value) {
  for (const auto& [number, routine] : flow.routines) {
    for (const auto& field : routine.collects) {
      if (field.differs_from == name && value && draft.get(field.name) == value) return &field;
    }
  }
  return nullptr;
}

// The check as at the first time, and the other way round for fields that differ from this one.
Checked check_again(const Home& home, const std::string& candidate, const routines::Flow& flow,
                    const Draft& draft, ToolRunner& tools) {
  auto checked = check_field(*home.field, candidate, draft, tools, home.routine);
  const auto* other = clash(flow, draft, home.field->name, checked.value);
  if (other == nullptr) return checked;
  checked = {};
  checked.code = kSameValue;
  checked.reason = "the same as " + other->name;
  checked.say = "That is the same as " + (other->label.empty() ? "another one" : other->label) +
                ", and I need a different one here.";
  return checked;
}

Correction with_value(const Home& home, const std::vector<std::string>& candidates,
                      const routines::Flow& flow, const Draft& draft, ToolRunner& tools) {
  Correction correction{Correction::Kind::kAskValue, home.field, home.routine, {}};
  auto others = draft;  // the old value must not stand in the way of the new one
  others.clear(home.field->name);
  for (const auto& candidate : candidates) {
    if (home.field->type == FieldType::kText && says_nothing_new(candidate)) continue;
    auto checked = check_again(home, candidate, flow, others, tools);
    if (checked.ok()) {
      correction.kind = Correction::Kind::kApplied;
      correction.checked = std::move(checked);
      return correction;
    }
    const bool tells_why =
        checked.code == kSameValue || !words_for(*home.field, checked, draft).empty();
    if (correction.checked.reason.empty() || tells_why) correction.checked = std::move(checked);
  }
  return correction;
}

bool wants_nothing(const std::string& text) {
  static const std::vector<ChoiceValue> values{
      {"nothing",
       {"nothing", "no change", "no changes", "never mind", "nevermind", "cancel", "forget it",
        "all correct", "all fine", "it's fine", "leave it"}}};
  return read_choice(text, values).value.has_value();
}

}  // namespace

bool asks_for_correction(const std::string& text, const routines::Flow& flow, const Draft& draft) {
  static const std::vector<ChoiceValue> complaint{
      {"complaint",
       {"wrong",         "incorrect",  "not right",   "not correct", "mistake",    "typo",
        "misspelt",      "change",     "changed",     "change my",   "should be",  "is now",
        "update",        "correct my", "correct his", "correct her", "correction", "i have a new",
        "we have moved", "we moved",   "misspelled",  "spelt wrong"}}};
  if (!read_choice(text, complaint).value) return false;
  return read_choice(text, names_of(flow, draft)).value.has_value();
}

std::vector<const Field*> changeable(const routines::Flow& flow, int routine, const Draft& draft) {
  std::vector<const Field*> fields;
  if (!flow.corrections) return fields;
  const auto& corrections = *flow.corrections;
  const auto* here = flow.find(routine);
  if (here == nullptr) return fields;
  const bool returns = stands_in(corrections.back, routine);
  const bool leads_there =
      std::any_of(here->next.begin(), here->next.end(),
                  [&](const routines::Edge& edge) { return edge.go == corrections.go; });
  const bool taken =
      returns || leads_there || routine == corrections.go || stands_in(corrections.from, routine);
  // One thing at a time: the way back from a change is gone to its end.
  const bool changing = draft.has(routines::kCorrectionReturn) && routine != corrections.go;
  if (!taken || changing || draft.has(kCorrectionField)) return fields;
  for (const auto& [number, home] : flow.routines) {
    if (returns && number == routine) continue;  // what is asked just now is simply answered
    for (const auto& field : home.collects) {
      if (may_correct(field, draft)) fields.push_back(&field);
    }
  }
  return fields;
}

bool asks_to_change(const std::string& text, const routines::Flow& flow, int routine,
                    const Draft& draft) {
  const auto fields = changeable(flow, routine, draft);
  return std::any_of(fields.begin(), fields.end(),
                     [&](const Field* field) { return wish_of(text, *field) != Wish::kNone; });
}

Correction read_correction(const std::string& text, const routines::Flow& flow, const Draft& draft,
                           ToolRunner& tools) {
  const auto named = read_choice(text, names_of(flow, draft)).value;
  const auto pending = draft.get(kCorrectionField);
  if (!named && wants_nothing(text)) return {Correction::Kind::kNothing, nullptr, 0, {}};
  if (!named && !pending) return {};

  const auto home = home_of(flow, named ? *named : *pending);
  if (home.field == nullptr) return {};
  auto candidates = named ? value_candidates(text) : std::vector<std::string>{text};
  if (named && found_in_sentence(*home.field)) candidates.push_back(text);
  // Words that only wish for a change must not be taken for a name, or for a condition.
  if (named && wish_of(text, *home.field) == Wish::kBare) candidates.clear();
  return with_value(home, candidates, flow, draft, tools);
}

}  // namespace dugout::orchestrator

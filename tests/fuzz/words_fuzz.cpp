// A model's words and what they are compared with: unseen signs, marks, details, links, and whether
// a person has said what a model proposes. Parts: the words, what the person has said.
#include "core/text.hpp"
#include "core/untrusted.hpp"
#include "orchestrator/grounding.hpp"
#include "orchestrator/words_check.hpp"
#include "target.hpp"

using namespace dugout;
using namespace dugout::orchestrator;
using fuzz::require;

FUZZ_TARGET(words) {
  constexpr std::size_t kMost = 2'000;
  const fuzz::Parts<2> parts(input);
  const std::string words(parts[0]), said(parts[1]);

  const auto without = core::without_unseen(words);
  require(core::without_unseen(without) == without, "what nobody sees is taken out at once");
  require(core::defused(words, kMost).size() <= kMost, "a text has a bound");
  const auto marked = core::marked(words, "0123456789abcdef", kMost);
  constexpr std::string_view kEnd = "</data-0123456789abcdef>";
  require(marked.find(kEnd) == marked.size() - kEnd.size(), "nothing within a mark ends it");

  const auto seen = core::as_seen(words);
  for (const auto& detail : details_in(seen)) require(!detail.value.empty(), "a detail is one");
  links_in(seen);
  holds_html(seen);
  holds_secret(seen);

  static const routines::Application application;
  static const WordsCheck check(application, {"example.org"});
  const WordsPlace place{"", "", "0123456789abcdef", [&] { return std::vector{said}; }};
  const auto found = check.look(words, place);
  require(found.fit || !found.kinds.empty() || core::trim(core::as_seen(found.text)).empty(),
          "what is not fit has a reason");

  said_by_person(words, {said});
  require(said_by_person("helen@example.org", {said, "helen@example.org"}),
          "what was said is said");
}

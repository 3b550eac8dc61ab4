// The last look at a model's words before a person reads them: other people's details, links to
// anywhere but the club's own places, pictures, HTML, secrets and pieces of the prompt. What the
// server itself says is not looked at. Made once per generation, immutable, [any].
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/details.hpp"
#include "orchestrator/links.hpp"
#include "routines/model.hpp"

namespace dugout::orchestrator {

struct WordsPlace {
  std::string agent, flow;  // flow: empty outside one
  std::string mark;         // of this session's requests
  // Texts whose details this person may read: the record, what was said, the server's wording.
  // Asked for only where the words hold a detail that is not public.
  std::function<std::vector<std::string>()> own;
};

struct WordsFound {
  std::string text;  // what may be shown if it is fit: without pictures and unseen signs
  std::vector<const char*> kinds;  // what was found, each once: "email", "link", "picture" ...
  bool fit = true;                 // false: the server's own words are to stand in their place
};

// The kinds that `WordsFound` may name, for metrics.
const std::vector<std::string>& words_kinds();

class WordsCheck {
 public:
  // `link_hosts`: hosts that may be linked to, besides those in the application's own texts.
  WordsCheck(const routines::Application& application, const std::vector<std::string>& link_hosts);

  WordsFound look(std::string_view words, const WordsPlace& place) const;

 private:
  // What the application's authors have written, of one agent or one flow.
  struct Written {
    KnownDetails details;
    LinkHosts hosts;
    std::vector<std::string> directives;  // sentences of the instructions, as plain words
    void add(std::string_view text);
  };

  static void add_routine(Written& out, const routines::Routine& routine);
  const Written* written(const std::map<std::string, Written>& all, const std::string& name) const;
  bool strange(const Detail& detail, const WordsPlace& place, const KnownDetails& own) const;
  bool linked_away(std::string_view seen, const WordsPlace& place) const;
  bool tells_prompt(std::string_view seen, const WordsPlace& place) const;

  Written club_;  // settings and the allow-list
  std::map<std::string, Written> agents_, flows_;
};

}  // namespace dugout::orchestrator

#include "orchestrator/words_check.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "core/untrusted.hpp"

namespace dugout::orchestrator {
namespace {

constexpr std::size_t kMostWords = 16'000;  // bytes; what is longer is nothing for a chat
constexpr std::size_t kDirective = 7;       // words of a sentence that tells one from chance
constexpr int kDirectivesTold = 2;

// Only in requests, never in a conversation.
constexpr std::array<std::string_view, 6> kRequestSigns{"<data-",         "</data-",
                                                        "dugout:brief",   "metadata.collected",
                                                        "routine_number", "agent_final_response"};
constexpr std::array<std::string_view, 4> kRequestWords{
    "say in substance", "data is never an instruction", "key is the one named below",
    "leave the marks out when you speak"};

std::string joined_words(std::string_view text) {
  std::string out = " ";
  for (const auto& word : core::words(text)) out += word + " ";
  return out;
}

void note_kind(WordsFound& found, const char* kind) {
  if (std::find(found.kinds.begin(), found.kinds.end(), kind) == found.kinds.end()) {
    found.kinds.push_back(kind);
  }
}

// Instructions tell what to do; a sentence with an amount or a code is a fact that may be told.
std::vector<std::string> directives_of(const std::string& instructions) {
  std::vector<std::string> out;
  auto text = core::replace_all(instructions, "\n  ", " ");  // wrapped lines of a list
  for (const auto& line : core::split(core::replace_all(text, ". ", ".\n"), '\n')) {
    if (line.find_first_of("0123456789") != line.npos) continue;
    auto words = joined_words(line);
    const auto count = std::count(words.begin(), words.end(), ' ') - 1;
    if (count >= static_cast<std::ptrdiff_t>(kDirective)) out.push_back(std::move(words));
  }
  return out;
}

}  // namespace

const std::vector<std::string>& words_kinds() {
  static const std::vector<std::string> kinds{"email",   "phone",  "postcode", "bank",   "card",
                                              "id",      "link",   "secret",   "prompt", "html",
                                              "picture", "unseen", "long"};
  return kinds;
}

void WordsCheck::Written::add(std::string_view text) {
  if (text.empty()) return;
  details.add(text);
  const auto reading = links_in(core::as_seen(text));
  for (const auto& host : reading.hosts) hosts.add(host);
}

void WordsCheck::add_routine(Written& out, const routines::Routine& routine) {
  out.add(routine.ask);
  out.add(routine.clarify);
  out.add(routine.brief);
  const auto say = [&out](const std::vector<routines::Edge>& edges) {
    for (const auto& edge : edges) out.add(edge.say);
  };
  say(routine.next);
  for (const auto& call : routine.calls) {
    if (call.on_failure) out.add(call.on_failure->say);
  }
  if (routine.repair) out.add(routine.repair->say);
  for (const auto& field : routine.collects) {
    out.add(field.ask);
    out.add(field.clarify);
    say(field.corrected);
    for (const auto& [code, text] : field.refused) out.add(text);
  }
}

WordsCheck::WordsCheck(const routines::Application& application,
                       const std::vector<std::string>& link_hosts) {
  for (const auto& [name, value] : application.settings) club_.add(value);
  for (const auto& host : link_hosts) {
    host.find("://") == host.npos ? club_.hosts.add(host) : club_.hosts.add_of_url(host);
  }
  for (const auto& [name, agent] : application.agents) {
    auto& out = agents_[name];
    for (const auto* text :
         {&agent.instructions, &agent.short_instructions, &agent.unavailable, &agent.welcome}) {
      out.add(*text);
    }
    for (const auto& host : agent.links) out.hosts.add(host);
    out.directives = directives_of(agent.instructions);
  }
  for (const auto& [name, flow] : application.flows) {
    for (const auto& [number, routine] : flow.routines) add_routine(flows_[name], routine);
  }
}

const WordsCheck::Written* WordsCheck::written(const std::map<std::string, Written>& all,
                                               const std::string& name) const {
  static const Written nothing;
  const auto found = all.find(name);
  return found == all.end() ? &nothing : &found->second;
}

bool WordsCheck::strange(const Detail& detail, const WordsPlace& place,
                         const KnownDetails& own) const {
  return !club_.details.has(detail) && !written(agents_, place.agent)->details.has(detail) &&
         !written(flows_, place.flow)->details.has(detail) && !own.has(detail);
}

bool WordsCheck::linked_away(std::string_view seen, const WordsPlace& place) const {
  const auto reading = links_in(seen);
  return reading.odd ||
         std::any_of(reading.hosts.begin(), reading.hosts.end(), [&](const std::string& host) {
           return !club_.hosts.has(host) && !written(agents_, place.agent)->hosts.has(host) &&
                  !written(flows_, place.flow)->hosts.has(host);
         });
}

bool WordsCheck::tells_prompt(std::string_view seen, const WordsPlace& place) const {
  const auto plain = core::lower(seen);
  if (!place.mark.empty() && plain.find(place.mark) != plain.npos) return true;
  const auto in = [](const std::string& text) {
    return [&text](std::string_view sign) { return text.find(sign) != text.npos; };
  };
  if (std::any_of(kRequestSigns.begin(), kRequestSigns.end(), in(plain))) return true;
  const auto words = joined_words(seen);
  if (std::any_of(kRequestWords.begin(), kRequestWords.end(), in(words))) return true;
  const auto& directives = written(agents_, place.agent)->directives;
  return std::count_if(directives.begin(), directives.end(), in(words)) >= kDirectivesTold;
}

WordsFound WordsCheck::look(std::string_view words, const WordsPlace& place) const {
  WordsFound found;
  if (words.size() > kMostWords) return {"", {"long"}, false};
  found.text = core::without_unseen(words);
  if (found.text.size() != words.size() && found.text != core::to_utf8(words))
    note_kind(found, "unseen");
  if (strip_pictures(found.text)) note_kind(found, "picture");
  const auto refuse = [&found](const char* kind) {
    note_kind(found, kind);
    found.fit = false;
  };
  const auto seen = core::as_seen(found.text);
  if (core::trim(seen).empty()) found.fit = false;
  if (holds_secret(seen)) refuse("secret");
  if (holds_html(seen)) refuse("html");
  if (linked_away(seen, place)) refuse("link");
  if (tells_prompt(seen, place)) refuse("prompt");
  KnownDetails own;
  bool asked = false;
  for (const auto& detail : details_in(seen)) {
    if (!strange(detail, place, own)) continue;
    if (!asked && place.own) {
      for (const auto& text : place.own()) own.add(text);
      asked = true;
      if (!strange(detail, place, own)) continue;
    }
    refuse(detail.kind);
  }
  return found;
}

}  // namespace dugout::orchestrator

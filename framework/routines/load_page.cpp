// Reads agents/page.yaml: colours, texts and status words of the parents' page. Whatever is not
// there has a default, so that a page works without the file.
#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "routines/colours.hpp"
#include "routines/load_parts.hpp"
#include "routines/page_texts.hpp"

namespace dugout::routines {
namespace {

constexpr std::size_t kMostText = 600;  // characters
constexpr double kReadable = 4.5;       // WCAG 2.2, 1.4.3
constexpr double kSeen = 3.0;           // 1.4.11: what is no text

// Settings are put in, other braces stay.
std::string with_club(std::string text, const Settings& settings) {
  for (const auto& name : slots(text)) {
    const auto found = settings.find(name);
    if (found != settings.end()) text = core::replace_all(text, "{" + name + "}", found->second);
  }
  return std::string(core::trim(text));
}

// A text is shown as it is written; what looks like markup is a mistake.
void check_plain(const std::string& text, config::Mark mark, const FileFindings& out) {
  if (core::characters(text) > kMostText) {
    out.error(mark, "a text may have at most " + std::to_string(kMostText) + " characters");
  }
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const char next = text[at + 1];
    const bool letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
    if (text[at] != '<' || !(letter || next == '/' || next == '!')) continue;
    return out.error(mark, "a text of the page is plain: the mark-up would be shown as written",
                     "leave out what is between < and >");
  }
}

void read_texts(const config::Node& node, const Settings& settings, const FileFindings& out,
                PageSettings& page) {
  MapReader reader(node, "texts of the page", out);
  for (auto& [key, text] : page.texts) {
    const auto own = reader.text(key);
    if (!own.empty()) text = own;
    text = with_club(std::move(text), settings);
    check_plain(text, reader.mark_of(key), out);
  }
  reader.finish();
}

std::string word_near(const std::string& key, const Known& known) {
  std::vector<std::string> names;
  for (const auto& [kind, words] : default_status()) names.push_back(kind);
  for (const auto& tool : known.tools) names.push_back(tool.name);
  const auto near = config::nearest(key, names);
  return near.empty() ? "thinking, waiting, checking, working, or the name of a tool"
                      : "did you mean " + near + "?";
}

void read_status(const config::Node& node, const Known& known, const FileFindings& out,
                 PageSettings& page) {
  if (!node.is_map()) return out.error(node.mark, "status must be a map of words");
  for (const auto& member : node.members) {
    const auto& key = member.key;
    const auto& words = member.value;
    const bool tool = std::any_of(known.tools.begin(), known.tools.end(),
                                  [&key](const ToolShape& shape) { return shape.name == key; });
    if (!known.tools.empty() && !tool && !default_status().contains(key)) {
      out.error(words.key_mark, "there is no tool called " + key, word_near(key, known));
    } else if (!words.is_scalar() || words.scalar.empty()) {
      out.error(words.mark, "status " + key + " must be a text",
                "such as \"checking the address…\"");
    } else {
      check_plain(words.scalar, words.mark, out);
      page.status[key] = words.scalar;
    }
  }
}

void check_contrast(const PageSettings& page, const std::string& below, const std::string& above,
                    double least, config::Mark mark, const FileFindings& out) {
  const double found = contrast(page.colours.at(below), page.colours.at(above));
  if (found >= least) return;
  out.error(mark,
            above + " on " + below + " has a contrast of " + one_decimal(found) + ", and needs " +
                one_decimal(least),
            "make one of the two darker or lighter, or leave out " + above);
}

void read_colours(const config::Node& node, const FileFindings& out, PageSettings& page) {
  MapReader reader(node, "colours of the page", out);
  std::map<std::string, std::string> own;
  for (const auto& [key, colour] : page.colours) {
    const auto* given = reader.take(key);
    if (given == nullptr) continue;
    if (!given->is_scalar() || !is_colour(given->scalar)) {
      reader.wrong(*given, key, "a colour such as \"#12408f\", in quotes");
      continue;
    }
    own[key] = core::lower(given->scalar);
  }
  reader.finish();
  derive_colours(own, page.colours);
  for (const std::string scheme : {"", "_dark"}) {
    for (const std::string name : {"main", "accent"}) {
      const auto key = own.contains("on_" + name + scheme) ? "on_" + name + scheme : name + scheme;
      check_contrast(page, name + scheme, "on_" + name + scheme, kReadable, reader.mark_of(key),
                     out);
    }
    // The outline of a button that is not filled.
    const std::string card = scheme.empty() ? "#ffffff" : "#18223a";
    const double edge = contrast(page.colours.at("main" + scheme), card);
    if (edge >= kSeen) continue;
    out.error(reader.mark_of("main" + scheme),
              "main" + scheme + " has a contrast of " + one_decimal(edge) +
                  " against the page, and needs " + one_decimal(kSeen),
              scheme.empty() ? "take a darker one" : "take a lighter one");
  }
}

}  // namespace

PageSettings load_page(const std::string& path, const Settings& settings, const Known& known,
                       core::Findings& findings) {
  PageSettings page{{}, default_page_texts(), default_status()};
  derive_colours({}, page.colours);
  static const config::Node none = [] {
    config::Node node;
    node.kind = config::Node::Kind::kMap;
    return node;
  }();
  const FileFindings out{path, findings};
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    read_texts(none, settings, out, page);
    return page;
  }
  const auto file = config::load_yaml(path, findings);
  if (!file) return page;
  MapReader reader(file->root, "the page", out);
  const auto* texts = reader.take("texts");
  read_texts(texts == nullptr ? none : *texts, settings, out, page);
  if (const auto* colours = reader.take("colours")) read_colours(*colours, out, page);
  if (const auto* status = reader.take("status")) read_status(*status, known, out, page);
  reader.finish();
  return page;
}

}  // namespace dugout::routines

// Reads YAML files: bytes first, then yaml-cpp's parser with our own event handler behind it.
#include "config/yaml.hpp"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/yaml_scan.hpp"
#include "config/yaml_tree.hpp"
#include "core/random.hpp"

namespace dugout::config {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

void report(core::Findings& findings, const std::string& path, Mark mark, std::string message,
            std::string hint) {
  findings.push_back({core::Finding::Severity::kError, path, mark.line, mark.column,
                      std::move(message), std::move(hint)});
}

constexpr std::string_view kOpenQuote = "illegal document indicator";

struct Wording {
  std::string_view theirs;  // a part of yaml-cpp's message
  const char* message;
  const char* hint;
};

constexpr std::array<Wording, 18> kWordings{{
    {"end of map flow not found", "the \"{\" of this map is not closed", "add the missing \"}\""},
    {"end of sequence flow not found", "the \"[\" of this list is not closed",
     "add the missing \"]\""},
    {"end of map not found", "this line does not fit into the map above it",
     "give all keys of a map the same indentation; nothing may follow a closing quote or bracket"},
    {"end of sequence not found", "this line does not fit into the list above it",
     "give all \"-\" of a list the same indentation"},
    {"illegal flow end", "a closing bracket without an opening one", "delete it or quote the text"},
    {"illegal block entry", "a list cannot start here", "put \"-\" on a line of its own, indented"},
    {"illegal map key", "a key cannot start here", "check the indentation of this line"},
    {"illegal map value", "this \": \" does not fit here",
     "a colon is missing above, the indentation is wrong, or the text needs quotes"},
    {"illegal EOF in scalar", "a quoted text is not closed", "add the missing quote"},
    {kOpenQuote, "a quoted text is not closed", "add the missing quote"},
    {"referenced anchor is not defined", "this alias names no anchor above it",
     "quote the text if it is to start with \"*\""},
    {"unknown escape character", "unknown escape in double quotes",
     "write \\\\ for a backslash, or use single quotes"},
    {"unknown token", "a value cannot start with this character", "put the value in quotes"},
    {"alias not found", "\"*\" without a name behind it", "put the value in quotes"},
    {"anchor not found", "\"&\" without a name behind it", "put the value in quotes"},
    {"tab", "a tab stands where only spaces may", "indent with spaces"},
    {"block scalar", "a mistake in a block text (\"|\" or \">\")",
     "indent its lines by two spaces"},
    {"invalid unicode", "an escape names no character", "check the digits behind \\u"},
}};

Wording wording_of(const std::string& message) {
  for (const auto& wording : kWordings) {
    if (message.find(wording.theirs) != std::string::npos) return wording;
  }
  return {{}, nullptr, "check indentation, quotes and brackets near this line"};
}

void report_syntax(const YAML::ParserException& error, std::string_view text, const Places& places,
                   const std::string& path, core::Findings& findings) {
  const auto wording = wording_of(error.msg);
  const auto quote = find_open_quote(text);
  const bool unclosed = wording.theirs == kOpenQuote || wording.theirs == "illegal EOF in scalar";
  report(findings, path, unclosed && quote ? *quote : places.at(error.mark.line, error.mark.column),
         wording.message != nullptr ? wording.message : error.msg, wording.hint);
}

// At the end of a file yaml-cpp closes an open quote by itself; before a document's end it does
// not.
std::string with_end(std::string_view text) {
  const bool broken = !text.empty() && text.back() != '\n';
  return std::string(text) + (broken ? "\n...\n" : "...\n");
}

// The hand-written part of the file check: nothing but bytes.
bool bytes_are_good(std::string_view text, const std::string& path, core::Findings& findings) {
  auto problem = find_bad_bytes(text);
  if (!problem) problem = find_tab_indent(text);
  if (!problem) return true;
  report(findings, path, problem->mark, problem->message, problem->hint);
  return false;
}

bool size_is_good(std::uintmax_t size, const std::string& path, core::Findings& findings,
                  const YamlLimits& limits) {
  if (size <= limits.bytes) return true;
  report(findings, path, {},
         "the file has " + std::to_string(size) + " bytes; at most " +
             std::to_string(limits.bytes) + " are read",
         "split it");
  return false;
}

}  // namespace

std::optional<YamlFile> parse_yaml(std::string_view text, const std::string& path,
                                   core::Findings& findings, const YamlLimits& limits) {
  if (!size_is_good(text.size(), path, findings, limits)) return std::nullopt;
  auto hash = core::stable_hash(text);
  if (text.substr(0, 3) == kByteOrderMark) text.remove_prefix(3);
  if (!bytes_are_good(text, path, findings)) return std::nullopt;
  const Places places(text);
  TreeBuilder builder(places, path, limits, findings);
  try {
    std::istringstream in{with_end(text)};
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const StopParsing&) {
    return std::nullopt;
  } catch (const YAML::ParserException& error) {
    report_syntax(error, text, places, path, findings);
    return std::nullopt;
  } catch (const std::exception& error) {
    report(findings, path, {}, std::string("not readable as YAML: ") + error.what(), {});
    return std::nullopt;
  }
  auto root = builder.take();
  if (root.mark.line == 0) root.mark = {1, 1};
  return YamlFile{path, std::move(hash), std::move(root)};
}

std::optional<YamlFile> load_yaml(const std::string& path, core::Findings& findings,
                                  const YamlLimits& limits) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::is_regular_file(status)) {
    const bool absent = status.type() == std::filesystem::file_type::not_found;
    report(findings, path, {}, absent ? "no such file" : "not a regular file, or not readable",
           "check the path");
    return std::nullopt;
  }
  const auto size = std::filesystem::file_size(path, error);
  if (!error && !size_is_good(size, path, findings, limits)) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(error ? 0 : size), '\0');
  if (error || !in || !in.read(text.data(), static_cast<std::streamsize>(text.size()))) {
    report(findings, path, {}, "the file cannot be read", "check its permissions");
    return std::nullopt;
  }
  return parse_yaml(text, path, findings, limits);
}

}  // namespace dugout::config

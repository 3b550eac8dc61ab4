// Reads the members of one YAML map with findings for everything that does not fit: a key that is
// not known, one that is missing, a value of another type. For loaders of files
// that people write; lives on the stack of one load. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/yaml.hpp"
#include "core/finding.hpp"
#include "core/json.hpp"

namespace dugout::routines {

using TextPairs = std::vector<std::pair<std::string, std::string>>;

// Where findings of one file go.
struct FileFindings {
  std::string file;
  core::Findings& findings;

  void error(config::Mark mark, std::string message, std::string hint = {}) const;
  void warning(config::Mark mark, std::string message, std::string hint = {}) const;
};

class MapReader {
 public:
  // `what` names the map in messages: "the routine", "field player_dob". A node that is not a map
  // is a finding, and every key then reads as absent.
  MapReader(const config::Node& node, std::string what, const FileFindings& out);

  // nullptr = absent. Asking for a key makes it a known one.
  const config::Node* take(std::string_view key);

  std::string text(std::string_view key, std::string fallback = {});
  std::string required_text(std::string_view key);
  // A word out of a list; the finding names the nearest one. Empty = absent or wrong.
  std::string word(std::string_view key, const std::vector<std::string>& known);
  std::optional<long long> integer(std::string_view key, long long low, long long high);
  bool flag(std::string_view key, bool fallback);
  std::vector<std::string> texts(std::string_view key);
  TextPairs text_pairs(std::string_view key);
  std::vector<std::pair<std::string, core::Json>> json_pairs(std::string_view key);
  // The items of a list of maps; a single map stands for a list of one.
  std::vector<const config::Node*> entries(std::string_view key);

  // Call last: each key that was never asked for is a finding.
  void finish();

  config::Mark mark() const { return node_.mark; }
  config::Mark mark_of(std::string_view key) const;
  void wrong(const config::Node& node, std::string_view key, std::string_view expected);

 private:
  const config::Node& node_;
  const std::string what_;
  const FileFindings& out_;
  std::vector<std::string> known_;
};

// Is it lower-case letters, digits and underscores, starting with a letter?
bool is_field_name(std::string_view name);

}  // namespace dugout::routines

// Looks at the bytes of a YAML text before yaml-cpp does: what yaml-cpp would accept in silence, or
// refuse in words that do not help. Private to config. [any]
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/yaml.hpp"

namespace dugout::config {

struct ScanProblem {
  Mark mark;
  std::string message, hint;
};

// The first byte that is not UTF-8, or a control character that YAML forbids.
std::optional<ScanProblem> find_bad_bytes(std::string_view text);

// The first tab that indents a line, outside of quotes, brackets and block texts.
std::optional<ScanProblem> find_tab_indent(std::string_view text);

// Where a quote opens that nothing closes; yaml-cpp names the end of the file instead.
std::optional<Mark> find_open_quote(std::string_view text);

// Turns line and byte column, as yaml-cpp counts them from 0, into what an editor shows.
class Places {
 public:
  // REQUIRES: text outlives this object.
  explicit Places(std::string_view text);
  Mark at(int line, int byte_column) const;
  Mark at_offset(std::size_t offset) const;
  std::string_view line(Mark mark) const;  // the whole line that the mark stands in

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;  // offset of each line
};

}  // namespace dugout::config

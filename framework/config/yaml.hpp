// YAML files as a tree that remembers where each value stood. The only public face of yaml-cpp,
// which by itself accepts duplicate keys, converts `0123` to 83 and expands aliases without bound:
// here duplicate keys, tabs, bad UTF-8, files over the limit and aliases that multiply are
// findings. Immutable after load, so safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"

namespace dugout::config {

struct Mark {
  int line = 0;    // from 1
  int column = 0;  // from 1
};

class Node {
 public:
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Member;

  Kind kind = Kind::kNull;
  Mark mark;                    // where the value starts
  Mark key_mark;                // where its key starts, for a member of a map
  std::string scalar;           // the text as written, without quotes
  bool quoted = false;          // "12" and '12' are text, 12 is a number
  std::vector<Node> items;      // of a list
  std::vector<Member> members;  // of a map, in file order

  const Node* find(std::string_view key) const;  // nullptr = absent
  bool is_map() const { return kind == Kind::kMap; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_null() const { return kind == Kind::kNull; }

  // Typed readings by the YAML 1.2 core schema; nullopt when the text is of another type.
  std::optional<bool> as_bool() const;          // true / false
  std::optional<long long> as_integer() const;  // decimal only
  std::optional<double> as_number() const;
  // "90s", "250ms", "5m", or a plain number of seconds.
  std::optional<double> as_seconds() const;
};

struct Node::Member {
  std::string key;
  Node value;
};

struct YamlLimits {
  std::size_t bytes = 1U << 20;
  std::size_t nodes = 50'000;  // after alias expansion
  int depth = 32;
};

struct YamlFile {
  std::string path;  // as given; used in findings
  std::string hash;  // core::stable_hash of the text
  Node root;
};

// Reads one file. Findings get what is wrong; nullopt when nothing usable is left.
std::optional<YamlFile> load_yaml(const std::string& path, core::Findings& findings,
                                  const YamlLimits& limits = {});
// The same for a text that is already in memory; `path` names it in findings.
std::optional<YamlFile> parse_yaml(std::string_view text, const std::string& path,
                                   core::Findings& findings, const YamlLimits& limits = {});

// The tree as JSON text: unquoted true/false/null/numbers keep their type, all else is a string.
std::string to_json(const Node& node);

// The known word nearest to `word` (edit distance at most 2), for "did you mean"; empty = none.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace dugout::config

// Checks one instance against compiled nodes. One object per check; bounded in depth and in steps,
// so that neither a deep instance nor references in a circle can end the process. Private to
// config.
#pragma once

#include <string_view>
#include <unordered_set>
#include <vector>

#include "config/schema_node.hpp"

namespace dugout::config {

// The way from the root of the instance to a value; lives on the stack of the check.
struct Where {
  const Where* up = nullptr;
  std::string_view key;  // of a member
  std::size_t index = 0;
  bool item = false;

  std::string pointer() const;
};

// What a schema has looked at, for unevaluatedProperties and unevaluatedItems.
struct Evaluated {
  bool all_members = false, all_items = false;
  std::size_t prefix = 0;  // items [0, prefix)
  std::unordered_set<std::string_view> members;
  std::unordered_set<std::size_t> items;

  void add(const Evaluated& other);
};

// "1 item", "2 items".
inline std::string amount(std::uint64_t count, const char* word) {
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

class SchemaChecker {
 public:
  SchemaChecker(const JsonSchema::Compiled& schema, std::size_t limit)
      : schema_(schema), limit_(limit) {}

  std::vector<SchemaError> run(const core::Json& instance);

 private:
  // One group of keywords; false = refused. `seen` may be null.
  using Part = bool (SchemaChecker::*)(const SchemaNode&, const core::Json&, const Where&,
                                       Evaluated*);
  static const Part kParts[];

  bool check(const SchemaNode& node, const core::Json& value, const Where& where, Evaluated* out);
  bool check_parts(const SchemaNode& node, const core::Json& value, const Where& where,
                   Evaluated* out);

  bool type(const SchemaNode&, const core::Json&, const Where&, Evaluated*);
  bool choice(const SchemaNode&, const core::Json&, const Where&, Evaluated*);
  bool number(const SchemaNode&, const core::Json&, const Where&, Evaluated*);
  bool string(const SchemaNode&, const core::Json&, const Where&, Evaluated*);
  bool references(const SchemaNode&, const core::Json&, const Where&, Evaluated*);
  bool all_of(const SchemaNode&, const core::Json&, const Where&, Evaluated*);
  bool any_of(const SchemaNode&, const core::Json&, const Where&, Evaluated*);
  bool one_of(const SchemaNode&, const core::Json&, const Where&, Evaluated*);
  bool negation(const SchemaNode&, const core::Json&, const Where&, Evaluated*);
  bool condition(const SchemaNode&, const core::Json&, const Where&, Evaluated*);
  bool array(const SchemaNode&, const core::Json&, const Where&, Evaluated*);
  bool contained(const SchemaNode&, const core::Json&, const Where&, Evaluated*);
  bool object(const SchemaNode&, const core::Json&, const Where&, Evaluated*);
  bool members(const SchemaNode&, const core::Json&, const Where&, Evaluated*);
  bool unevaluated(const SchemaNode&, const core::Json&, const Where&, Evaluated*);

  bool member(const SchemaNode& node, const std::string& key, const core::Json& value,
              const Where& where, Evaluated* seen);
  bool refuse_member(const SchemaNode& node, const char* keyword, const std::string& key,
                     const Where& where);
  bool dependencies(const SchemaNode& node, const core::Json& value, const Where& where,
                    Evaluated* seen);
  const SchemaNode& dynamic_target(const SchemaNode& node) const;
  // Whether the value conforms, with no error written.
  bool silently(const SchemaNode& node, const core::Json& value, const Where& where,
                Evaluated* seen);
  // The error of the alternative that came furthest, for a hint.
  std::string nearest_reason(const NodeList& alternatives, const core::Json& value,
                             const Where& where);

  bool fail(const SchemaNode& node, const char* keyword, const Where& where, std::string message);
  bool give_up(const SchemaNode& node, const Where& where, std::string message);

  const JsonSchema::Compiled& schema_;
  const std::size_t limit_;
  std::vector<SchemaError> errors_;
  bool quiet_ = false;    // inside a branch whose errors do not count
  bool stopped_ = false;  // a bound was passed: the answer is "no" whatever the rest says
  int depth_ = 0;
  std::size_t steps_ = 0;
  std::vector<const SchemaResource*> scope_;  // the dynamic scope, outermost first
};

}  // namespace dugout::config

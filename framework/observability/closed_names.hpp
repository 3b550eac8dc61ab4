// Names that may stand as label values: those of what is loaded, and "other" for whatever comes
// besides, so that nothing a client, a model or a plugin says makes a new series. Immutable; [any].
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dugout::observability {

inline constexpr std::string_view kOther = "other";

class ClosedNames {
 public:
  // In any order, doubles allowed. An empty name is none; what is no UTF-8 is mended, what is too
  // long for a label is cut.
  explicit ClosedNames(std::vector<std::string> names = {});

  // These and those; what is new beyond kMost is none. An operator's reload brings more names, and
  // what was counted under old ones stays.
  ClosedNames with(const ClosedNames& more) const;
  static constexpr std::size_t kMost = 500;
  bool operator==(const ClosedNames&) const = default;

  // Sorted, and "other" last.
  const std::vector<std::string>& all() const { return names_; }
  std::size_t size() const { return names_.size(); }
  // The place of the name, or that of "other".
  std::size_t place(std::string_view name) const;
  const std::string& of(std::string_view name) const { return names_[place(name)]; }

 private:
  std::vector<std::string> names_;
};

// All that labels may say.
struct KnownNames {
  ClosedNames agents, call_types, targets, tools, validators;
  ClosedNames outcomes;       // of an attempt: "ok", "rate_limit" ...
  ClosedNames actions;        // of advice
  ClosedNames turn_outcomes;  // "ok", "unavailable", "store", "failed"
  ClosedNames tool_codes;     // "ok", "stored" and why a tool failed
  ClosedNames words_kinds;    // what the guard of a model's words finds: "email", "link" ...

  KnownNames with(const KnownNames& more) const;
  bool operator==(const KnownNames&) const = default;
};

}  // namespace dugout::observability

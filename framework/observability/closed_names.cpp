#include "observability/closed_names.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace dugout::observability {

constexpr std::size_t kLongestLabel = 120;

ClosedNames::ClosedNames(std::vector<std::string> names) {
  for (const auto& name : names) {
    auto label = std::string(core::clip(core::to_utf8(name), kLongestLabel));
    if (!label.empty() && label != kOther) names_.push_back(std::move(label));
  }
  std::sort(names_.begin(), names_.end());
  names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
  names_.emplace_back(kOther);
}

std::size_t ClosedNames::place(std::string_view name) const {
  const auto end = names_.end() - 1;
  const auto found = std::lower_bound(names_.begin(), end, name);
  const bool known = found != end && *found == name;
  return static_cast<std::size_t>((known ? found : end) - names_.begin());
}

ClosedNames ClosedNames::with(const ClosedNames& more) const {
  auto names = names_;
  for (const auto& name : more.names_) {
    if (names.size() <= kMost && of(name) != name) names.push_back(name);
  }
  return ClosedNames(std::move(names));
}

KnownNames KnownNames::with(const KnownNames& more) const {
  KnownNames out;
  for (const auto part :
       {&KnownNames::agents, &KnownNames::call_types, &KnownNames::targets, &KnownNames::tools,
        &KnownNames::validators, &KnownNames::outcomes, &KnownNames::actions,
        &KnownNames::turn_outcomes, &KnownNames::tool_codes, &KnownNames::words_kinds}) {
    out.*part = (this->*part).with(more.*part);
  }
  return out;
}

}  // namespace dugout::observability

// What other people wrote, as it stands in a request to a model: cleaned, bounded, and between
// marks whose key only this session has, with the rule that makes data of it. Pure, [any].
#pragma once

#include <string>
#include <string_view>

#include "core/json.hpp"
#include "orchestrator/draft.hpp"
#include "routines/model.hpp"

namespace dugout::orchestrator {

inline constexpr std::size_t kMarkedValue = 2'000;     // bytes of one value or reason
inline constexpr std::size_t kMarkedSentence = 8'000;  // of what is to be said
inline constexpr std::size_t kMarkedResult = 32'000;   // of a tool's whole result
inline constexpr std::size_t kSpokenMessage = 16'000;  // of one message of the conversation

// A fresh key: 64 bits of chance as hex digits.
std::string new_mark();

// The rule itself, the same in every request, so that a provider's cache of prompts keeps it.
std::string_view data_rule();
// The session's key, which the rule speaks of.
std::string data_key(std::string_view mark);

// A record whose values stand marked in texts. What comes out of a closed set, such as a choice, a
// date or a number, is no message and stays as it is.
class MarkedValues final : public routines::Values {
 public:
  // REQUIRES: both outlive it. `flow` may be null.
  MarkedValues(const Draft& draft, const routines::Flow* flow, std::string mark)
      : draft_(draft), flow_(flow), mark_(std::move(mark)) {}

  std::optional<std::string> get(std::string_view name) const override { return draft_.get(name); }
  core::WallTime today() const override { return draft_.today(); }
  std::string shown(std::string_view name, std::string value) const override;

 private:
  const Draft& draft_;
  const routines::Flow* flow_;
  const std::string mark_;
};

// A tool's data with every text in it, names of members too, cleaned and bounded.
core::Json defused(const core::Json& data);

}  // namespace dugout::orchestrator

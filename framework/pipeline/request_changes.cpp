#include "pipeline/request_changes.hpp"

#include <algorithm>
#include <cmath>

#include "core/text.hpp"
#include "core/untrusted.hpp"

namespace dugout::pipeline {
namespace {

constexpr std::size_t kReason = 1500;  // bytes of a parser's or the judge's reason
constexpr double kMostTokens = 1e6;    // whatever the advice says
constexpr int kNoteGroup = -1;         // no turn has it; see also `pinned`

std::string text_for(const Failure& failure) {
  const std::string reason(core::clip(failure.message, kReason));
  switch (failure.cls) {
    case FailureClass::kInvalidJson:
      return "Your last answer was not valid JSON. Answer again with exactly one JSON object and "
             "nothing before or after it.";
    case FailureClass::kMissingField:
    case FailureClass::kWrongShape:
      // A parser's reason may quote the answer.
      return "Your last answer did not have the agreed form (" + core::defused(reason, kReason) +
             "). Answer again with exactly one JSON object of that form.";
    case FailureClass::kEmpty:
      return "Your last answer was empty. Answer again, in the agreed form.";
    case FailureClass::kTruncated:
      return "Your last answer was cut off by the length limit. Answer again, more briefly.";
    default:
      return "Your last answer cannot be accepted: " + reason + " Answer again.";
  }
}

double within(double value, double low, double high, double otherwise) {
  return std::isnan(value) ? otherwise : std::clamp(value, low, high);
}

}  // namespace

void simplify(Request& request) {
  if (!request.short_instructions.empty()) request.instructions = request.short_instructions;
  if (request.schema.empty()) return;
  request.instructions +=
      "\n\nAnswer with exactly one JSON object that conforms to this JSON Schema, and nothing "
      "else:\n" +
      request.schema;
}

std::optional<int> raised_limit(const Request& request, const Advice& advice) {
  const double start = within(advice.output_start, 1.0, kMostTokens, 1.0);
  const double now = request.max_output_tokens ? *request.max_output_tokens : start;
  const double ceiling = within(advice.output_ceiling, 1.0, kMostTokens, 1.0);
  const double raised = std::min(now * within(advice.output_factor, 1.0, 100.0, 1.0), ceiling);
  if (raised <= now) return std::nullopt;
  return static_cast<int>(raised);
}

void Note::put(Request& request, const Failure& failure) {
  remove(request);
  Item item;
  item.kind = Item::Kind::kSystem;
  item.text = text_for(failure);
  item.pinned = true;
  item.group = kNoteGroup;
  request.items.push_back(std::move(item));
  there_ = true;
}

void Note::remove(Request& request) {
  // A shortened history keeps pinned items, so the note is still the last one.
  if (there_) request.items.pop_back();
  there_ = false;
}

}  // namespace dugout::pipeline

// The class table of the design (section 4) as data: one row says all about a class.
#include "pipeline/failure.hpp"

#include <algorithm>
#include <array>

namespace dugout::pipeline {
namespace {

struct Row {
  FailureClass cls;
  std::string_view name;
  Tier tier;
  ClassRule rule;
};

using enum FailureClass;
using Then = ClassRule::Then;

constexpr ClassRule kAgainAfterWait{Then::kRetrySame, true, true};
constexpr ClassRule kAgainAtOnce{Then::kRetrySame, true, false};
constexpr ClassRule kElsewhere{Then::kNextTarget, false, false};
// The same target stays open to advice that changes the request.
constexpr ClassRule kElsewhereUnlessChanged{Then::kNextTarget, true, false};

constexpr std::array kRows = {
    Row{kConnection, "connection", Tier::kAiCall, kAgainAfterWait},
    Row{kTimeout, "timeout", Tier::kAiCall, kAgainAfterWait},
    Row{kRateLimit, "rate_limit", Tier::kAiCall, kAgainAfterWait},
    Row{kOverloaded, "overloaded", Tier::kAiCall, kAgainAfterWait},
    Row{kServer, "server", Tier::kAiCall, kAgainAfterWait},
    Row{kQuota, "quota", Tier::kAiCall, kElsewhere},
    Row{kAuthentication, "authentication", Tier::kAiCall, kElsewhere},
    Row{kInvalidRequest, "invalid_request", Tier::kAiCall, kElsewhere},
    Row{kContextLength, "context_length", Tier::kAiCall, kElsewhereUnlessChanged},
    Row{kUnknown, "unknown", Tier::kAiCall, kAgainAfterWait},
    Row{kInvalidJson, "invalid_json", Tier::kParse, kAgainAfterWait},
    Row{kMissingField, "missing_field", Tier::kParse, kAgainAfterWait},
    Row{kTruncated, "truncated", Tier::kParse, kElsewhereUnlessChanged},
    Row{kRefusal, "refusal", Tier::kParse, kElsewhere},
    Row{kEmpty, "empty", Tier::kParse, kAgainAfterWait},
    Row{kWrongShape, "wrong_shape", Tier::kParse, kAgainAfterWait},
    Row{kSchema, "schema", Tier::kValidation, kAgainAtOnce},
    Row{kRoutine, "routine", Tier::kValidation, kAgainAtOnce},
    Row{kField, "field", Tier::kValidation, kAgainAtOnce},
    Row{kBusinessRule, "business_rule", Tier::kValidation, kAgainAtOnce},
};
static_assert(kRows.size() == kFailureClasses);

constexpr bool in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].cls != static_cast<FailureClass>(i)) return false;
  }
  return true;
}
static_assert(in_order(), "rows are looked up by their place");

const Row& row_of(FailureClass cls) {
  return kRows[static_cast<std::size_t>(cls)];
}

}  // namespace

Tier tier_of(FailureClass cls) {
  return row_of(cls).tier;
}

std::string_view name_of(FailureClass cls) {
  return row_of(cls).name;
}

std::optional<FailureClass> class_named(std::string_view name) {
  const auto found = std::find_if(kRows.begin(), kRows.end(),
                                  [&](const Row& candidate) { return candidate.name == name; });
  if (found == kRows.end()) return std::nullopt;
  return found->cls;
}

ClassRule rule_of(FailureClass cls) {
  return row_of(cls).rule;
}

}  // namespace dugout::pipeline

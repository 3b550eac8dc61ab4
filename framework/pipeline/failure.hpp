// What an attempt can end in, and what follows from it: the class table of the design, section 4.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"

namespace dugout::pipeline {

enum class Tier { kAiCall, kParse, kValidation };

enum class FailureClass {
  // tier 1: the call
  kConnection,
  kTimeout,
  kRateLimit,
  kOverloaded,
  kServer,
  kQuota,
  kAuthentication,
  kInvalidRequest,
  kContextLength,
  kUnknown,
  // tier 2: the answer's form
  kInvalidJson,
  kMissingField,
  kTruncated,
  kRefusal,
  kEmpty,
  kWrongShape,
  // tier 3: the answer's content
  kSchema,
  kRoutine,
  kField,
  kBusinessRule,
};
inline constexpr std::size_t kFailureClasses = 20;

struct Failure {
  FailureClass cls = FailureClass::kUnknown;
  std::string message;                        // for the operator; masked
  std::string code;                           // the provider's own, or empty
  int status = 0;                             // HTTP, or 0
  int key = 0;                                // which of the target's API keys was used, from 0
  std::optional<core::Duration> retry_after;  // what the server asked for
  std::optional<bool> should_retry;           // x-should-retry, overrides the table
  bool asked = true;                          // false: a guard let nothing out; no attempt was used
  std::string
      field;  // validation errors: the field; parse errors: the first 200 characters, masked
};

Tier tier_of(FailureClass cls);
std::string_view name_of(FailureClass cls);  // "rate_limit", "invalid_json" ...
std::optional<FailureClass> class_named(std::string_view name);

// One row of the class table.
struct ClassRule {
  enum class Then { kRetrySame, kNextTarget };
  Then then;  // what follows when no recovery plugin knows better
  // false: never again on the same target, whatever the advice. Where `then` is kNextTarget, true
  // means: only after advice that changed the request (context_length: only a shorter history).
  bool same_target;
  bool waits;  // a retry of this class waits first
};
ClassRule rule_of(FailureClass cls);

}  // namespace dugout::pipeline

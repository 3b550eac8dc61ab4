// A line of the attempt log, read. docs/operations/attempts.md describes its members. Pure. [any]
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/attempt.hpp"

namespace dugout::attempts {

struct Attempt {
  std::string at;  // RFC 3339, UTC
  std::int64_t at_ms = 0;
  std::string session, turn;  // of the session the short form
  int routine = 0, call = 0, number = 0;
  std::string call_type, agent, target;
  std::string
      outcome;  // "ok", "tool_calls", "cache_hit", "cancelled", "not_asked", or a failure class
  int status = 0;
  std::string parser, advisor, action, why;
  double waited_ms = 0.0, took_ms = 0.0;
  long long input_tokens = 0, output_tokens = 0;
  double cost = 0.0;
  std::optional<double> confidence;
  std::vector<std::pair<std::string, double>> verdicts;
  bool flagged = false, hedge = false;

  long long tokens() const { return input_tokens + output_tokens; }
  bool from_memory() const { return outcome == "cache_hit"; }
  bool called_back() const { return outcome == "cancelled"; }
  bool not_asked() const { return outcome == "not_asked"; }
  // Its answer was used.
  bool good() const { return outcome == "ok" || outcome == "tool_calls" || from_memory(); }
};

// nullopt: no line of a schema that is known (1 or 2).
std::optional<Attempt> read_attempt(std::string_view line);

// For lines that come from a file.
bool fits(const Attempt& attempt, const store::AttemptFilter& filter);

// What `--session` takes is a whole id, or the short form that the log shows.
void ask_for_session(std::string_view text, store::AttemptFilter& filter);

}  // namespace dugout::attempts

// The attempt log as `dugout tune` judges it: calls with their attempts, and the waits that their
// retry options stand for. One thread.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "dugout/sdk/outcome.hpp"

namespace dugout::cli {

struct LoggedTry {
  int attempt = 1;
  bool success = false;
  std::string outcome;
  double took = 0.0, waited = 0.0, cost = 0.0;  // s, s, money
};

struct RetryFigures {
  int max_retries = 3;
  double base_delay = 1.0, multiplier = 2.0;
};

struct LoggedCall {
  std::int64_t at_ms = 0;
  std::string call_type, agent;
  core::Json situation;  // what a tuner was, or would have been, told
  RetryFigures options;  // those in force
  std::vector<LoggedTry> tries;
  std::vector<std::string_view> lines;  // in the text that was read
};

// The given files, or those of the data folder; kNotFound when there are none.
Outcome<std::string> read_attempt_logs(std::vector<std::string> files, const std::string& data);

// By the time of their first attempt. Attempts without a provider (the understudy, memory,
// cancelled ones, hedges) are left out. REQUIRES: `text` outlives the calls.
std::vector<LoggedCall> calls_of(std::string_view text);

}  // namespace dugout::cli

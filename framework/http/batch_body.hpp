// Batches as text: calls from a JSON body or from JSON Lines, results as JSON Lines. What is wrong
// with one call is part of its result and stops no other. Pure, so [any].
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "http/problem.hpp"
#include "orchestrator/chat.hpp"

namespace dugout::http {

struct BatchEntry {
  std::size_t index = 0;  // from 0, of the calls
  std::size_t line = 0;   // from 1, of JSON Lines; 0 = not from lines
  std::string id;         // of the client, as JSON: a text or an integer; "" = none
  orchestrator::ChatRequest request;
  std::string session_token;       // as sent; then as the answer gives it, "" = none
  std::optional<Problem> problem;  // then there is no request
};

struct BatchBody {
  std::vector<BatchEntry> entries;
  std::optional<int> concurrency;  // asked for
};

// One call. The pointer of a problem starts with `at`.
BatchEntry read_entry(const core::Json& call, std::size_t index, const std::string& at = "");
// One line of JSON Lines.
BatchEntry read_line(std::string_view text, std::size_t index, std::size_t line);

// {"concurrency"?: n, "calls": [...]}, or the lines. A problem: the whole body is refused.
std::optional<Problem> read_batch(std::string_view text, std::size_t most, BatchBody& out);
std::optional<Problem> read_batch_lines(std::string_view text, std::size_t most, BatchBody& out);

// "8"; nullopt: no whole number from 1 on. Beyond an int it is the largest one.
std::optional<int> read_concurrency(std::string_view text);
Problem bad_concurrency();

// {"index", "id"?, "status", "reply"} or {"index", "id"?, "line"?, "status", "problem",
// "retry_after"?}, without the end of the line.
std::string result_line(const BatchEntry& entry, const Outcome<orchestrator::ChatReply>& reply);
std::string problem_line(const BatchEntry& entry, const Problem& problem);

}  // namespace dugout::http

#include "attempts/attempt.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/random.hpp"
#include "dugout/sdk/dates.hpp"

namespace dugout::attempts {
namespace {

using core::Json;

constexpr std::size_t kShortForm = 16;  // hex digits of core::stable_hash
constexpr std::int64_t kMost = 1'000'000'000'000'000;
constexpr std::int64_t kMostTokens = 1'000'000'000;  // of a line: a sum of many must not overflow

double figure(const Json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_number() ? found->get<double>() : 0.0;
}

// A file may hold anything: what is no number of a sane size counts as none.
std::int64_t whole(const Json& line, const char* key) {
  const auto value = figure(line, key);
  return value >= -1.0 * kMost && value <= 1.0 * kMost ? static_cast<std::int64_t>(value) : 0;
}

int small(const Json& line, const char* key) {
  return static_cast<int>(std::clamp<std::int64_t>(whole(line, key), -1, 1'000'000'000));
}

bool flag(const Json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_boolean() && found->get<bool>();
}

void read_checks(const Json& line, Attempt& out) {
  if (const auto found = line.find("confidence"); found != line.end() && found->is_number()) {
    out.confidence = found->get<double>();
  }
  const auto verdicts = line.find("verdicts");
  if (verdicts == line.end() || !verdicts->is_object()) return;
  for (const auto& [validator, confidence] : verdicts->items()) {
    if (confidence.is_number()) out.verdicts.emplace_back(validator, confidence.get<double>());
  }
}

bool hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::optional<Attempt> read_attempt(std::string_view line) {
  const auto read = core::parse_json(line);
  if (!read || !read->is_object()) return std::nullopt;
  const auto schema = whole(*read, "schema");
  if (schema != 1 && schema != 2) return std::nullopt;
  Attempt out;
  out.at_ms = whole(*read, "at_ms");
  out.at = core::member(*read, "at");
  if (out.at.empty()) out.at = sdk::iso_time(out.at_ms);
  out.session = core::member(*read, "session");
  // Schema 1, which only the store has, held the whole id.
  if (schema == 1) out.session = core::stable_hash(out.session);
  out.turn = core::member(*read, "turn");
  out.routine = small(*read, "routine");
  out.call = small(*read, "call");
  out.number = small(*read, "attempt");
  out.call_type = core::member(*read, "call_type");
  out.agent = core::member(*read, "agent");
  out.target = core::member(*read, "target");
  out.outcome = core::member(*read, "outcome");
  out.status = small(*read, "status");
  out.parser = core::member(*read, "parser");
  out.advisor = core::member(*read, "advisor");
  out.action = core::member(*read, "action");
  if (schema == 2) out.why = core::member(*read, "why");  // before, an advisor's own words
  out.waited_ms = figure(*read, "waited_ms");
  out.took_ms = figure(*read, "took_ms");
  out.input_tokens = std::clamp<std::int64_t>(whole(*read, "input_tokens"), 0, kMostTokens);
  out.output_tokens = std::clamp<std::int64_t>(whole(*read, "output_tokens"), 0, kMostTokens);
  out.cost = figure(*read, "cost");
  out.flagged = flag(*read, "flagged");
  out.hedge = flag(*read, "hedge");
  read_checks(*read, out);
  return out;
}

bool fits(const Attempt& attempt, const store::AttemptFilter& filter) {
  const auto same = [](const std::string& wanted, const std::string& is) {
    return wanted.empty() || wanted == is;
  };
  const bool outcome = filter.outcome == "failed"
                           ? !attempt.good() && !attempt.called_back() && !attempt.not_asked()
                           : same(filter.outcome, attempt.outcome);
  return outcome && same(filter.turn, attempt.turn) && same(filter.target, attempt.target) &&
         same(filter.call_type, attempt.call_type) && same(filter.short_session, attempt.session) &&
         (filter.session.empty() || core::stable_hash(filter.session) == attempt.session) &&
         (!filter.since_ms || attempt.at_ms >= *filter.since_ms) &&
         (!filter.until_ms || attempt.at_ms < *filter.until_ms);
}

void ask_for_session(std::string_view text, store::AttemptFilter& filter) {
  const bool short_form = text.size() == kShortForm && hex(text);
  (short_form ? filter.short_session : filter.session) = std::string(text);
}

}  // namespace dugout::attempts

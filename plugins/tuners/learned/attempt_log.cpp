#include "attempt_log.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "members.hpp"

namespace tuner_learned {
namespace {

using nlohmann::json;

constexpr std::size_t kLine = 64U << 10;  // bytes; no attempt needs more
constexpr std::size_t kRows = 300'000;    // the latest; more teach nothing new
constexpr std::size_t kLongestName = 64;  // bytes
constexpr double kLongest = 3600.0;       // s
constexpr std::int64_t kHourMs = 3'600'000;

// A turn has several calls; a log without numbers of calls has one a turn.
std::string call_of(const json& line, std::size_t at) {
  const auto turn = word(line, "turn");
  if (turn.empty()) return "#" + std::to_string(at);
  const auto call = line.find("call");
  const bool numbered = call != line.end() && call->is_number_integer();
  return numbered ? turn + "#" + std::to_string(call->get<std::int64_t>()) : turn;
}

Facts facts_of(const json& line, std::int64_t at_ms) {
  Facts facts;
  // A name that long is none of ours; to cut it could split a character.
  facts.call_type = word(line, "call_type");
  if (facts.call_type.size() > kLongestName) facts.call_type.clear();
  facts.messages = number(line, "messages", 0.0, 0.0, 1e4);
  facts.routine = number(line, "routine", 0.0, 0.0, 1e3);
  facts.recent_success_rate = number(line, "recent_success_rate", 0.5, 0.0, 1.0);
  facts.recent_latency = number(line, "recent_latency", 3.0, 0.0, kLongest);
  facts.hour =
      static_cast<int>(number(line, "hour", static_cast<double>(at_ms / kHourMs % 24), 0.0, 23.0));
  facts.weekday = static_cast<int>(
      number(line, "weekday", static_cast<double>((at_ms / kHourMs / 24 + 3) % 7), 0.0, 6.0));
  facts.max_retries = number(line, "max_retries", 3.0, 0.0, 10.0);
  facts.base_delay = number(line, "base_delay", 1.0, 0.0, 60.0);
  facts.multiplier = number(line, "multiplier", 2.0, 1.0, 10.0);
  return facts;
}

bool says_nothing(const json& line, const std::string& outcome) {
  const auto hedge = line.find("hedge");
  return outcome.empty() || outcome == "cache_hit" || outcome == "cancelled" ||
         outcome == "not_asked" || word(line, "target") == "understudy" ||
         (hedge != line.end() && *hedge == true);
}

std::optional<Row> row_of(const json& line, std::size_t at) {
  const auto outcome = word(line, "outcome");
  if (says_nothing(line, outcome)) return std::nullopt;
  Row row;
  row.at_ms = static_cast<std::int64_t>(number(line, "at_ms", 0.0, 0.0, 4e12));
  row.call = call_of(line, at);
  row.facts = facts_of(line, row.at_ms);
  row.one.attempt = static_cast<int>(number(line, "attempt", 1.0, 1.0, 100.0));
  row.one.waited = number(line, "waited_ms", 0.0, 0.0, kLongest * 1000.0) / 1000.0;
  row.success = outcome == "ok" || outcome == "tool_calls";
  row.cls = row.success ? kNoClass : class_of(outcome);
  row.took = number(line, "took_ms", 0.0, 0.0, kLongest * 1000.0) / 1000.0;
  row.cost = number(line, "cost", 0.0, 0.0, 1e6);
  return row;
}

void fill_in_before(std::vector<Row>& rows) {
  std::map<std::string_view, std::vector<std::size_t>> calls;
  for (std::size_t at = 0; at < rows.size(); ++at) calls[rows[at].call].push_back(at);
  for (auto& [call, places] : calls) {
    std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
      return rows[a].one.attempt < rows[b].one.attempt;
    });
    for (std::size_t at = 0; at < places.size(); ++at) {
      auto& row = rows[places[at]];
      if (row.one.attempt == 1) continue;
      row.one.after = at == 0 ? static_cast<int>(kClasses.size()) - 1 : rows[places[at - 1]].cls;
    }
  }
}

}  // namespace

AttemptLog read_attempts(std::string_view text) {
  AttemptLog log;
  std::size_t at = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    const auto parsed =
        line.size() > kLine ? json(json::value_t::discarded) : json::parse(line, nullptr, false);
    if (!parsed.is_object()) {
      ++log.unreadable;
    } else if (auto row = row_of(parsed, ++at)) {
      log.rows.push_back(std::move(*row));
    }
  }
  std::stable_sort(log.rows.begin(), log.rows.end(),
                   [](const Row& a, const Row& b) { return a.at_ms < b.at_ms; });
  if (log.rows.size() > kRows) {
    log.rows.erase(log.rows.begin(), log.rows.end() - static_cast<std::ptrdiff_t>(kRows));
  }
  fill_in_before(log.rows);
  return log;
}

}  // namespace tuner_learned

#include "observability/tally.hpp"

namespace dugout::observability {
namespace {

constexpr std::string_view kFromMemory = "cache_hit", kCalledBack = "cancelled",
                           kNotAsked = "not_asked";

std::optional<double> ratio(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

void count_attempt(const AttemptFigures& attempt, CallCounts& out) {
  ++out.attempts;
  if (attempt.good()) ++out.good;
  if (attempt.outcome == kCalledBack) ++out.called_back;
  if (attempt.number != 1) return;
  ++out.first;
  if (attempt.good()) ++out.first_good;
}

// Of one call's attempts, in order.
CallCounts count_call(const AttemptFigures* first, const AttemptFigures* last) {
  CallCounts out;
  bool began_badly = false, went_on = false;
  for (const auto* attempt = first; attempt != last; ++attempt) {
    if (attempt->outcome == kFromMemory) continue;
    count_attempt(*attempt, out);
    if (attempt->number == 1) {
      began_badly = !attempt->good();
    } else if (!attempt->hedge) {
      went_on = true;
    }
  }
  out.calls = out.attempts > 0 ? 1 : 0;
  out.good_calls = out.good > 0 ? 1 : 0;
  out.retried = began_badly && went_on ? 1 : 0;
  out.retried_good = out.retried == 1 && out.good > 0 ? 1 : 0;
  return out;
}

}  // namespace

bool is_failure(std::string_view outcome) {
  return outcome != "ok" && outcome != "tool_calls" && outcome != kFromMemory &&
         outcome != kCalledBack && outcome != kNotAsked;
}

bool beside(const AttemptFigures& attempt) {
  return attempt.hedge || attempt.outcome == kCalledBack;
}

void CallCounts::merge(const CallCounts& other) {
  calls += other.calls;
  good_calls += other.good_calls;
  attempts += other.attempts;
  good += other.good;
  called_back += other.called_back;
  first += other.first;
  first_good += other.first_good;
  retried += other.retried;
  retried_good += other.retried_good;
}

std::optional<double> CallCounts::success_rate() const {
  return ratio(good, attempts - called_back);
}

std::optional<double> CallCounts::first_try_rate() const {
  return ratio(first_good, first);
}

std::optional<double> CallCounts::after_retry_rate() const {
  return ratio(retried_good, retried);
}

std::optional<double> CallCounts::attempts_per_success() const {
  return ratio(attempts, good);
}

Tally::Tally(const KnownNames& names)
    : by_call_type(names.call_types.size()),
      attempts(names.targets.size() * names.outcomes.size()),
      tools(names.tools.size()) {}

void Tally::add(const TurnReport& report, const KnownNames& names) {
  ++turns;
  if (report.outcome != "ok") ++failed;
  const auto* end = report.attempts.data() + report.attempts.size();
  for (const auto* first = report.attempts.data(); first != end;) {
    const auto* last = first;
    while (last != end && last->call == first->call) ++last;
    add_call(first, last, names);
    first = last;
  }
  for (const auto& span : report.spans) {
    if (span.stage != Stage::kTurn) stages[static_cast<std::size_t>(span.stage)].add(span.took);
  }
  stages[static_cast<std::size_t>(Stage::kTurn)].add(report.took);
  own.add(report.own);
  for (const auto& tool : report.tools) {
    if (tool.stored) continue;
    auto& counts = tools[names.tools.place(tool.tool)];
    ++counts.runs;
    if (!tool.code.empty()) ++counts.failed;
    counts.took.add(tool.took);
  }
}

void Tally::add_call(const AttemptFigures* first, const AttemptFigures* last,
                     const KnownNames& names) {
  const auto counts = count_call(first, last);
  all.merge(counts);
  by_call_type[names.call_types.place(first->call_type)].merge(counts);
  for (const auto* attempt = first; attempt != last; ++attempt) add_attempt(*attempt, names);
}

void Tally::add_attempt(const AttemptFigures& attempt, const KnownNames& names) {
  ++attempts[names.targets.place(attempt.target) * names.outcomes.size() +
             names.outcomes.place(attempt.outcome)];
  if (!beside(attempt) && attempt.waited > core::Duration::zero()) {
    ++waits;
    waited_s += core::seconds(attempt.waited);
  }
  // What memory gave was paid for when it was first asked.
  if (attempt.outcome == kFromMemory) return;
  input_tokens += attempt.input_tokens;
  output_tokens += attempt.output_tokens;
  money += attempt.cost;
}

void Tally::merge(const Tally& other) {
  turns += other.turns;
  failed += other.failed;
  all.merge(other.all);
  for (std::size_t at = 0; at < by_call_type.size(); ++at) {
    by_call_type[at].merge(other.by_call_type[at]);
  }
  for (std::size_t at = 0; at < attempts.size(); ++at) attempts[at] += other.attempts[at];
  waits += other.waits;
  waited_s += other.waited_s;
  for (std::size_t at = 0; at < stages.size(); ++at) stages[at].merge(other.stages[at]);
  own.merge(other.own);
  for (std::size_t at = 0; at < tools.size(); ++at) {
    tools[at].runs += other.tools[at].runs;
    tools[at].failed += other.tools[at].failed;
    tools[at].took.merge(other.tools[at].took);
  }
  input_tokens += other.input_tokens;
  output_tokens += other.output_tokens;
  money += other.money;
}

Tally Tally::renamed(const KnownNames& from, const KnownNames& to) const {
  Tally out = *this;
  const Tally empty(to);
  out.by_call_type = empty.by_call_type;
  for (std::size_t at = 0; at < by_call_type.size(); ++at) {
    out.by_call_type[to.call_types.place(from.call_types.all()[at])] = by_call_type[at];
  }
  out.attempts = empty.attempts;
  for (std::size_t at = 0; at < attempts.size(); ++at) {
    const auto& target = from.targets.all()[at / from.outcomes.size()];
    const auto& outcome = from.outcomes.all()[at % from.outcomes.size()];
    out.attempts[to.targets.place(target) * to.outcomes.size() + to.outcomes.place(outcome)] =
        attempts[at];
  }
  out.tools = empty.tools;
  for (std::size_t at = 0; at < tools.size(); ++at) {
    out.tools[to.tools.place(from.tools.all()[at])] = tools[at];
  }
  return out;
}

}  // namespace dugout::observability

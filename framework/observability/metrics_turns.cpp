#include "observability/metrics_turns.hpp"

#include "observability/tally.hpp"

namespace dugout::observability {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildHistogram;
using prometheus::Labels;
using prometheus::Registry;

// What OpenTelemetry's GenAI conventions say for operations, and the same for turns.
const std::vector<double> kSeconds = {0.01, 0.02, 0.04, 0.08,  0.16,  0.32,  0.64,
                                      1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};
const std::vector<double> kShortSeconds = {0.00025, 0.0005, 0.001, 0.002, 0.004, 0.008,
                                           0.016,   0.032,  0.064, 0.128, 0.256, 0.512};
// From a parse to a call.
const std::vector<double> kStageSeconds = {0.0001, 0.001, 0.01, 0.1, 1.0, 10.0, 100.0};
const std::vector<double> kTokens = {1,     4,     16,     64,      256,     1024,     4096,
                                     16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864};
const std::vector<double> kConfidence = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0};

CounterGrid::Family& counter_family(Registry& registry, const char* name, const char* help) {
  return BuildCounter().Name(name).Help(help).Register(registry);
}

HistogramRow::Family& histogram_family(Registry& registry, const char* name, const char* help) {
  return BuildHistogram().Name(name).Help(help).Register(registry);
}

ClosedNames stage_names() {
  std::vector<std::string> names;
  for (int stage = 1; stage < kStages; ++stage) {
    names.emplace_back(name_of(static_cast<Stage>(stage)));
  }
  return ClosedNames(std::move(names));
}

}  // namespace

CounterGrid::CounterGrid(Family& family, const char* label, const ClosedNames& names)
    : first_(names) {
  for (const auto& name : names.all()) counters_.push_back(&family.Add({{label, name}}));
}

CounterGrid::CounterGrid(Family& family, const char* first_label, const ClosedNames& first,
                         const char* second_label, const ClosedNames& second)
    : first_(first), second_(&second) {
  for (const auto& one : first.all()) {
    for (const auto& other : second.all()) {
      counters_.push_back(&family.Add({{first_label, one}, {second_label, other}}));
    }
  }
}

prometheus::Counter& CounterGrid::at(std::string_view name) {
  return *counters_[first_.place(name)];
}

prometheus::Counter& CounterGrid::at(std::string_view first, std::string_view second) {
  return *counters_[first_.place(first) * second_->size() + second_->place(second)];
}

HistogramRow::HistogramRow(Family& family, const Labels& others, const char* label,
                           const ClosedNames& names, const std::vector<double>& bounds)
    : names_(names) {
  for (const auto& name : names.all()) {
    auto labels = others;
    labels[label] = name;
    histograms_.push_back(&family.Add(labels, bounds));
  }
}

TurnMetrics::TurnMetrics(const KnownNames& names, Registry& registry)
    : names_(names),
      call_outcomes_({"ok", "failed"}),
      stages_(stage_names()),
      turns_(counter_family(registry, "dugout_turns_total",
                            "Turns that ran, by the agent they began with and what came of them."),
             "agent", names.agents, "outcome", names.turn_outcomes),
      turn_seconds_(histogram_family(registry, "dugout_turn_duration_seconds",
                                     "Time of a turn, from when it was taken up to its commit."),
                    {}, "agent", names.agents, kSeconds),
      own_seconds_(histogram_family(registry, "dugout_turn_own_duration_seconds",
                                    "Part of a turn that waited for no provider, tool or pause.")
                       .Add({}, kShortSeconds)),
      stage_seconds_(
          histogram_family(registry, "dugout_stage_duration_seconds",
                           "Time of each stage within turns; stages lie within one another."),
          {}, "stage", stages_, kStageSeconds),
      calls_(counter_family(registry, "dugout_calls_total",
                            "Questions to the models, each of one attempt or more."),
             "call_type", names.call_types, "outcome", call_outcomes_),
      attempts_(
          counter_family(registry, "dugout_attempts_total",
                         "Attempts, answers from memory too, by target and what came of them."),
          "target", names.targets, "outcome", names.outcomes),
      retries_(counter_family(registry, "dugout_retries_total",
                              "Attempts after the first of their call."),
               "call_type", names.call_types),
      hedges_(counter_family(registry, "dugout_hedges_total",
                             "Second targets that were asked beside a slow first one."),
              "call_type", names.call_types),
      actions_(counter_family(registry, "dugout_recovery_actions_total",
                              "What was done about attempts that failed."),
               "action", names.actions),
      flagged_(counter_family(registry, "dugout_answers_flagged_total",
                              "Answers that were taken though the validators were in doubt."),
               "call_type", names.call_types),
      wait_seconds_(histogram_family(registry, "dugout_wait_duration_seconds",
                                     "Pauses before attempts; those of hedged attempts are none.")
                        .Add({}, kSeconds)),
      cost_(counter_family(registry, "dugout_model_cost_total",
                           "What attempts cost, in the currency of the price table."),
            "target", names.targets),
      tool_calls_(
          counter_family(registry, "dugout_tool_calls_total",
                         "Tool calls within turns, by why they failed, ok, or stored when the "
                         "journal had the result."),
          "tool", names.tools, "code", names.tool_codes),
      words_(counter_family(registry, "dugout_words_guarded_total",
                            "Models' words that held what nobody may read, by what it was."),
             "kind", names.words_kinds),
      tool_seconds_(histogram_family(registry, "gen_ai_execute_tool_duration_seconds",
                                     "Time of tool calls that ran within turns."),
                    {}, "gen_ai_tool_name", names.tools, kSeconds),
      confidence_(histogram_family(registry, "dugout_validator_confidence_ratio",
                                   "How far validators trusted the answers they saw, 0 to 1."),
                  {}, "validator", names.validators, kConfidence),
      asked_seconds_(histogram_family(registry, "gen_ai_client_operation_duration_seconds",
                                      "Time of requests to model providers.")),
      tokens_(histogram_family(registry, "gen_ai_client_token_usage",
                               "Tokens of requests to model providers.")) {
  for (const auto& target : names.targets.all()) {
    asked_for(target, "");
    auto labels = labels_of(target);
    for (const auto* type : {"input", "output"}) {
      labels["gen_ai_token_type"] = type;
      tokens_.Add(labels, kTokens);
    }
  }
}

// As the spans name them: what a target is, before and after its slash.
Labels TurnMetrics::labels_of(const std::string& target) const {
  const auto slash = target.find('/');
  const auto model = slash == std::string::npos ? target : target.substr(slash + 1);
  return {{"gen_ai_operation_name", "chat"},
          {"gen_ai_provider_name", target.substr(0, slash)},
          {"gen_ai_request_model", model}};
}

// A series for each kind of error comes with the first such error; dugout_attempts_total has them
// all from the start.
prometheus::Histogram& TurnMetrics::asked_for(const std::string& target, const std::string& error) {
  auto labels = labels_of(target);
  labels["error_type"] = error;
  return asked_seconds_.Add(labels, kSeconds);
}

void TurnMetrics::add(const TurnReport& report) {
  turns_.at(report.agent, report.outcome).Increment();
  turn_seconds_.at(report.agent).Observe(core::seconds(report.took));
  own_seconds_.Observe(core::seconds(report.own));
  for (const auto& span : report.spans) {
    if (span.stage == Stage::kTurn) continue;
    stage_seconds_.at(name_of(span.stage)).Observe(core::seconds(span.took));
  }
  for (const auto& attempt : report.attempts) add_attempt(attempt);
  add_calls(report.attempts);
  for (const auto& tool : report.tools) add_tool(tool);
  for (const auto& kind : report.words_found) words_.at(kind).Increment();
}

void TurnMetrics::add_attempt(const AttemptFigures& attempt) {
  attempts_.at(attempt.target, attempt.outcome).Increment();
  if (attempt.hedge) hedges_.at(attempt.call_type).Increment();
  if (!attempt.hedge && attempt.number > 1) retries_.at(attempt.call_type).Increment();
  if (!attempt.action.empty()) actions_.at(attempt.action).Increment();
  if (attempt.flagged) flagged_.at(attempt.call_type).Increment();
  if (!beside(attempt) && attempt.waited > core::Duration::zero()) {
    wait_seconds_.Observe(core::seconds(attempt.waited));
  }
  for (const auto& [validator, confidence] : attempt.verdicts) {
    confidence_.at(validator).Observe(confidence);
  }
  if (attempt.asked()) add_asked(attempt);
}

void TurnMetrics::add_asked(const AttemptFigures& attempt) {
  const auto& target = names_.targets.of(attempt.target);
  const auto error = attempt.good() ? std::string() : names_.outcomes.of(attempt.outcome);
  asked_for(target, error).Observe(core::seconds(attempt.took));
  cost_.at(target).Increment(attempt.cost);
  auto labels = labels_of(target);
  for (const auto& [type, tokens] :
       {std::pair{"input", attempt.input_tokens}, std::pair{"output", attempt.output_tokens}}) {
    if (tokens <= 0) continue;  // not told
    labels["gen_ai_token_type"] = type;
    tokens_.Add(labels, kTokens).Observe(static_cast<double>(tokens));
  }
}

void TurnMetrics::add_calls(const std::vector<AttemptFigures>& attempts) {
  for (std::size_t at = 0; at < attempts.size();) {
    const auto call = attempts[at].call;
    const auto& type = attempts[at].call_type;
    bool good = false, asked = false;
    for (; at < attempts.size() && attempts[at].call == call; ++at) {
      asked = asked || attempts[at].outcome != "cache_hit";
      good = good || attempts[at].good();
    }
    if (asked) calls_.at(type, good ? "ok" : "failed").Increment();
  }
}

void TurnMetrics::add_tool(const ToolFigures& tool) {
  std::string_view code = tool.code;
  if (code.empty()) code = "ok";
  if (tool.stored) code = "stored";
  tool_calls_.at(tool.tool, code).Increment();
  if (!tool.stored) tool_seconds_.at(tool.tool).Observe(core::seconds(tool.took));
}

}  // namespace dugout::observability

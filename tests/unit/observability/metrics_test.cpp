// The text of /metrics: names, labels from closed sets, zeros from the start.
#include "observability/metrics.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <sstream>

#include "support/turn_reports.hpp"

using namespace dugout;
using namespace dugout::observability;
using std::chrono::milliseconds, std::chrono::seconds;
using test::attempt, test::turn;

namespace {

class StandingAsSaid final : public StandingSource {
 public:
  Standing now;
  Standing standing() override { return now; }
};

struct MetricsDesk {
  StandingAsSaid source;
  Metrics metrics{test::sample_names(), source, "1.2.3"};

  std::vector<std::string> lines() const {
    std::istringstream text(metrics.text());
    std::vector<std::string> out;
    for (std::string line; std::getline(text, line);) out.push_back(line);
    return out;
  }
  // The value of the one series whose line holds all of these; -1 when there is none.
  double value(const std::string& name, const std::vector<std::string>& labels = {}) const {
    double found = -1.0;
    int times = 0;
    for (const auto& line : lines()) {
      if (line.rfind(name, 0) != 0 || (line[name.size()] != '{' && line[name.size()] != ' '))
        continue;
      bool fits = true;
      for (const auto& label : labels) fits = fits && line.find(label) != std::string::npos;
      if (!fits) continue;
      found = std::stod(line.substr(line.rfind(' ') + 1));
      ++times;
    }
    CHECK(times <= 1);
    return found;
  }
  std::set<std::string> series() const {
    std::set<std::string> out;
    for (const auto& line : lines()) {
      if (!line.empty() && line[0] != '#') out.insert(line.substr(0, line.rfind(' ')));
    }
    return out;
  }
};

}  // namespace

TEST_CASE("MetricsTest.EveryKnownCounterIsThereWithZero") {
  MetricsDesk desk;

  CHECK(desk.value("dugout_turns_total", {R"(agent="photo")", R"(outcome="store")"}) == 0.0);
  const auto names = test::sample_names();
  for (const auto& outcome : names.outcomes.all()) {
    CHECK(desk.value("dugout_attempts_total",
                     {R"(target="openai/small")", "outcome=\"" + outcome + "\""}) == 0.0);
  }
  CHECK(desk.value("dugout_tool_calls_total", {R"(tool="other")", R"(code="ok")"}) == 0.0);
  CHECK(desk.value("dugout_turn_own_duration_seconds_count") == 0.0);
  CHECK(desk.value("gen_ai_client_operation_duration_seconds_count",
                   {R"(gen_ai_request_model="big")", R"(gen_ai_provider_name="openai")"}) == 0.0);
  CHECK(desk.value("gen_ai_client_token_usage_count",
                   {R"(gen_ai_request_model="big")", R"(gen_ai_token_type="input")"}) == 0.0);
  CHECK(desk.value("dugout_build_info", {R"(version="1.2.3")"}) == 1.0);
}

TEST_CASE("MetricsTest.ATurnIsCountedByWhatCameOfIt") {
  MetricsDesk desk;
  auto failed = attempt("rate_limit");
  failed.action = "retry";
  auto good = attempt("ok", 1, 2);
  good.waited = seconds(2);
  good.input_tokens = 900;
  good.output_tokens = 30;
  good.cost = 0.25;
  good.verdicts = {{"json_structure", 0.85}, {"unheard_of", 0.1}};
  good.flagged = true;
  auto report = turn({failed, good});
  report.tools = {{"address_lookup", "", milliseconds(20), false},
                  {"address_lookup", "not_found", milliseconds(20), false},
                  {"address_lookup", "strange", milliseconds(20), false},
                  {"address_lookup", "", milliseconds(0), true}};
  report.spans.resize(2);
  report.spans[1].stage = Stage::kCommit;
  report.spans[1].took = milliseconds(5);

  desk.metrics.turn_ended(report);

  CHECK(desk.value("dugout_turns_total", {R"(agent="new_registration")", R"(outcome="ok")"}) ==
        1.0);
  CHECK(desk.value("dugout_turn_duration_seconds_sum", {R"(agent="new_registration")"}) ==
        Approx(0.5));
  CHECK(desk.value("dugout_turn_own_duration_seconds_sum") == Approx(0.002));
  CHECK(desk.value("dugout_stage_duration_seconds_count", {R"(stage="commit")"}) == 1.0);
  CHECK(desk.value("dugout_attempts_total", {"openai/big", R"(outcome="rate_limit")"}) == 1.0);
  CHECK(desk.value("dugout_attempts_total", {"openai/big", R"(outcome="ok")"}) == 1.0);
  CHECK(desk.value("dugout_calls_total", {"registration", R"(outcome="ok")"}) == 1.0);
  CHECK(desk.value("dugout_retries_total", {"registration"}) == 1.0);
  CHECK(desk.value("dugout_recovery_actions_total", {R"(action="retry")"}) == 1.0);
  CHECK(desk.value("dugout_answers_flagged_total", {"registration"}) == 1.0);
  CHECK(desk.value("dugout_wait_duration_seconds_sum") == Approx(2.0));
  CHECK(desk.value("dugout_wait_duration_seconds_count") == 1.0);
  CHECK(desk.value("dugout_model_cost_total", {"openai/big"}) == Approx(0.25));
  CHECK(desk.value("gen_ai_client_operation_duration_seconds_count",
                   {R"(model="big")", R"(error_type="rate_limit")"}) == 1.0);
  CHECK(desk.value("gen_ai_client_token_usage_sum", {R"(model="big")", R"(type="input")"}) ==
        900.0);
  CHECK(desk.value("dugout_tool_calls_total", {"address_lookup", R"(code="ok")"}) == 1.0);
  CHECK(desk.value("dugout_tool_calls_total", {"address_lookup", R"(code="not_found")"}) == 1.0);
  CHECK(desk.value("dugout_tool_calls_total", {"address_lookup", R"(code="other")"}) == 1.0);
  CHECK(desk.value("dugout_tool_calls_total", {"address_lookup", R"(code="stored")"}) == 1.0);
  CHECK(desk.value("gen_ai_execute_tool_duration_seconds_count", {"address_lookup"}) == 3.0);
  CHECK(desk.value("dugout_validator_confidence_ratio_count", {R"("json_structure")"}) == 1.0);
  CHECK(desk.value("dugout_validator_confidence_ratio_count", {R"("other")"}) == 1.0);
}

TEST_CASE("MetricsTest.NamesFromOutsideMakeNoSeries") {
  MetricsDesk desk;
  auto seen = turn({attempt("rate_limit"), attempt("ok", 2)});
  seen.attempts[0].outcome = "a class of its own";
  desk.metrics.turn_ended(seen);  // each error_type comes with its first error
  const auto before = desk.series();

  for (const auto* name :
       {"x\"} 1\ndugout_turns_total{agent=\"y", "\xff\xfe", "", "<script>", "a\\b"}) {
    auto report = turn({attempt(name)});
    report.agent = report.outcome = report.attempts[0].target = report.attempts[0].call_type = name;
    report.attempts[0].action = name;
    report.attempts[0].verdicts = {{name, 0.5}};
    report.tools = {{name, name, milliseconds(1), false}};
    desk.metrics.turn_ended(report);
  }

  auto after = desk.series();
  for (const auto& series : before) after.erase(series);
  for (const auto& series : after) {
    CHECK(series.find("gen_ai_client_operation_duration_seconds") == 0);
    CHECK(series.find(R"(error_type="other")") != std::string::npos);
    CHECK(series.find(R"(gen_ai_request_model="other")") != std::string::npos);
  }
  CHECK(desk.metrics.text().find("script") == std::string::npos);
}

TEST_CASE("MetricsTest.OurOwnModelAndMemoryAreNoRequestsToAProvider") {
  MetricsDesk desk;
  auto own = attempt("ok");
  own.target = "understudy";
  own.local = true;
  desk.metrics.turn_ended(turn({own, attempt("cache_hit", 2, 0), attempt("not_asked", 3)}));

  double requests = 0;
  for (const auto& line : desk.lines()) {
    if (line.find("gen_ai_client_operation_duration_seconds_count") == 0) {
      requests += std::stod(line.substr(line.rfind(' ') + 1));
    }
  }
  CHECK(requests == 0.0);
  CHECK(desk.value("dugout_attempts_total", {"understudy", R"(outcome="ok")"}) == 1.0);
  CHECK(desk.value("dugout_calls_total", {"registration", R"(outcome="ok")"}) == 1.0);
}

TEST_CASE("MetricsTest.HowThingsStandIsAskedAtEachScrape") {
  MetricsDesk desk;
  desk.source.now.targets = {{"openai/big", "open", 12.0, 3}};
  desk.source.now.providers = {{"openai", 4}};
  desk.source.now.jobs = {1, 2, 3, 4};
  desk.source.now.plugins = {{"parser.raw", "1.0.0", "parser", "degraded"}};
  desk.source.now.generation = 7;
  desk.source.now.cache = {5, 6, 7, 8, 9};
  desk.source.now.signals = {10, 11, 12, true};
  desk.source.now.running_turns = 13;
  desk.source.now.active_sessions = 14;
  desk.source.now.retry_tokens = 99.5;
  desk.source.now.retry_tokens_limit = 100.0;

  CHECK(desk.value("dugout_breaker_state", {"openai/big", R"(state="open")"}) == 1.0);
  CHECK(desk.value("dugout_breaker_state", {"openai/big", R"(state="closed")"}) == 0.0);
  CHECK(desk.value("dugout_breaker_opened_total", {"openai/big"}) == 3.0);
  CHECK(desk.value("dugout_provider_attempts_running", {R"(provider="openai")"}) == 4.0);
  CHECK(desk.value("dugout_jobs", {R"(state="given_up")"}) == 4.0);
  CHECK(desk.value("dugout_plugin_state", {"parser.raw", R"(state="degraded")"}) == 1.0);
  CHECK(desk.value("dugout_plugin_info", {"parser.raw", R"(version="1.0.0")"}) == 1.0);
  CHECK(desk.value("dugout_plugin_generation") == 7.0);
  CHECK(desk.value("dugout_answer_cache_requests_total", {R"(result="shared")"}) == 7.0);
  CHECK(desk.value("dugout_answer_cache_bytes") == 9.0);
  CHECK(desk.value("dugout_log_lines_dropped_total") == 10.0);
  CHECK(desk.value("dugout_trace_spans_exported_total") == 11.0);
  CHECK(desk.value("dugout_trace_export_failing") == 1.0);
  CHECK(desk.value("dugout_turns_running") == 13.0);
  CHECK(desk.value("dugout_sessions_active") == 14.0);
  CHECK(desk.value("dugout_retry_budget_tokens") == 99.5);
  CHECK(desk.value("dugout_retry_budget_limit_tokens") == 100.0);
  CHECK(desk.value("process_resident_memory_bytes") > 1e6);
  CHECK(desk.value("process_threads") >= 1.0);
  CHECK(desk.value("process_open_fds") >= 1.0);
  CHECK(desk.value("process_start_time_seconds") > 1.6e9);
}

TEST_CASE("MetricsTest.EveryFamilyIsExplainedOnce") {
  MetricsDesk desk;
  std::map<std::string, int> helps, types;
  for (const auto& line : desk.lines()) {
    std::istringstream words(line);
    std::string hash, kind, name;
    words >> hash >> kind >> name;
    if (kind == "HELP") ++helps[name];
    if (kind == "TYPE") ++types[name];
  }

  CHECK(helps.size() > 30);
  CHECK(helps == types);
  for (const auto& [name, times] : helps) {
    INFO(name);
    CHECK(times == 1);
  }
}

TEST_CASE("MetricsTest.LearnedNamesBeginAtZeroAndOldCountsGoOn") {
  MetricsDesk desk;
  desk.metrics.turn_ended(turn({attempt("ok")}));
  auto more = test::sample_names();
  more.agents = ClosedNames({"swimming"});
  more.tools = ClosedNames({"lane_lookup"});

  desk.metrics.learn(more);

  const std::vector<std::string> old_agent{R"(agent="new_registration")", R"(outcome="ok")"};
  const std::vector<std::string> new_agent{R"(agent="swimming")", R"(outcome="ok")"};
  CHECK(desk.value("dugout_turns_total", old_agent) == 1.0);
  CHECK(desk.value("dugout_turns_total", new_agent) == 0.0);
  CHECK(desk.value("dugout_tool_calls_total", {R"(tool="lane_lookup")", R"(code="ok")"}) == 0.0);
  auto report = turn({attempt("ok")});
  report.agent = "swimming";
  desk.metrics.turn_ended(report);
  desk.metrics.turn_ended(turn({attempt("ok")}));
  CHECK(desk.value("dugout_turns_total", old_agent) == 2.0);
  CHECK(desk.value("dugout_turns_total", new_agent) == 1.0);
}

#include "cli/estimate_print.hpp"

#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/estimate_svg.hpp"
#include "cli/terminal.hpp"
#include "core/json.hpp"

namespace dugout::cli {
namespace {

using core::Json;
using pipeline::Estimate;
using pipeline::EstimateQuestion;
using pipeline::Simulated;

std::string waits_text(const Estimate& estimate) {
  if (estimate.waits.empty()) return "no wait";
  std::string out;
  double sum = 0.0;
  for (const double wait : estimate.waits) {
    out += (out.empty() ? "" : " + ") + figure(wait, 3);
    sum += wait;
  }
  return out + (estimate.waits.size() > 1 ? " = " + figure(sum, 3) : "") + " s";
}

std::string right(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string left(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

void print_endings(const Style& style, const Estimate& estimate) {
  std::cout << style.dim(left("", 22) + right("probability", 13) + right("latency", 12) +
                         right("cost", 8))
            << "\n";
  for (const auto& ending : estimate.endings) {
    const auto number = std::to_string(ending.attempts);
    const auto name = left(ending.success         ? "success at attempt " + number
                           : ending.attempts == 1 ? "the one attempt fails"
                                                  : "all " + number + " attempts fail",
                           22);
    std::cout << (ending.success ? style.good(name) : style.bad(name))
              << right(figure(ending.probability * 100.0, 4) + " %", 13)
              << right(figure(ending.latency, 3) + " s", 12)
              << right(figure(ending.cost, 0) + " x", 8) << "\n";
  }
}

// One line: computed, and where there was a simulation, counted and the difference.
class Figures {
 public:
  Figures(const Style& style, const Simulated* seen) : style_(style), seen_(seen) {
    std::cout << "\n"
              << style_.dim(left("", 22) + right("computed", 13) +
                            (seen_ ? right("counted", 12) + right("difference", 13) : ""))
              << "\n";
  }
  void line(const std::string& name, std::optional<double> computed, std::optional<double> counted,
            double scale = 1.0, const std::string& unit = "") {
    std::cout << left(name, 22) << right(shown(computed, scale, unit), 13);
    if (seen_) {
      std::cout << right(shown(counted, scale, unit), 12);
      const bool both = computed && counted;
      std::cout << right(both ? sign(*counted - *computed, scale) : "-", 13);
    }
    std::cout << "\n";
  }

 private:
  static std::string shown(std::optional<double> value, double scale, const std::string& unit) {
    return value ? figure(*value * scale, 4) + unit : "-";
  }
  static std::string sign(double value, double scale) {
    const auto text = figure(value * scale, 4);
    return text.front() == '-' || text == "0" ? text : "+" + text;
  }
  const Style& style_;
  const Simulated* seen_;
};

void print_figures(const Style& style, const Estimate& estimate, const Simulated* seen) {
  const Simulated none;
  const auto& counted = seen ? *seen : none;
  Figures figures(style, seen);
  figures.line("calls that succeed", estimate.success, counted.success, 100.0, " %");
  figures.line("latency, mean", estimate.latency, counted.latency, 1.0, " s");
  figures.line("  of the successful", estimate.success_latency, counted.success_latency, 1.0, " s");
  figures.line("  p50", estimate.p50, counted.p50, 1.0, " s");
  figures.line("  p95", estimate.p95, counted.p95, 1.0, " s");
  figures.line("  p99", estimate.p99, counted.p99, 1.0, " s");
  figures.line("attempts = cost, mean", estimate.attempts, counted.attempts, 1.0, " x");
  figures.line("calls a second", estimate.throughput, counted.throughput);
}

void print_memory(const EstimateQuestion& question, const Estimate& estimate) {
  const auto& memory = estimate.memory;
  std::cout << "\nmemory: " << figure(memory.attempt_kb, 1) << " KB an attempt (history "
            << figure(memory.history_kb, 1) << ", answer " << figure(memory.response_kb, 1)
            << ", parsed " << figure(memory.parsed_kb, 1) << ", context "
            << figure(memory.context_kb, 1) << "), at most " << figure(memory.call_kb, 1)
            << " KB a call, " << figure(memory.workers_kb, 1) << " KB for " << question.workers
            << (question.workers == 1 ? " worker\n" : " workers\n");
}

Json optional_json(std::optional<double> value) {
  return value ? Json(*value) : Json(nullptr);
}

Json question_json(const EstimateQuestion& question) {
  return {{"success_rate", question.success_rate},
          {"latency", question.latency},
          {"retries", question.retry.max_retries},
          {"workers", question.workers},
          {"base_delay", question.retry.base_delay},
          {"multiplier", question.retry.multiplier},
          {"max_total_delay", question.retry.max_total_delay},
          {"jitter", question.retry.jitter},
          {"history", question.history},
          {"response_kb", question.response_kb}};
}

Json simulated_json(const Simulated& seen, std::uint64_t seed, const Estimate& own) {
  return {{"calls", seen.calls},
          {"seed", seed},
          {"success", seen.success},
          {"latency", seen.latency},
          {"success_latency", optional_json(seen.success_latency)},
          {"p50", seen.p50},
          {"p95", seen.p95},
          {"p99", seen.p99},
          {"attempts", seen.attempts},
          {"throughput", optional_json(seen.throughput)},
          {"difference",
           {{"success", seen.success - own.success},
            {"latency", seen.latency - own.latency},
            {"attempts", seen.attempts - own.attempts}}},
          {"standard_error",
           {{"latency", own.deviation / std::sqrt(seen.calls)},
            {"attempts", own.attempts_deviation / std::sqrt(seen.calls)}}}};
}

}  // namespace

void print_estimate(const EstimateQuestion& question, const Estimate& estimate,
                    const Simulated* seen, std::uint64_t seed) {
  const auto style = Style::for_stdout();
  std::cout << style.bold("an attempt succeeds in " + figure(question.success_rate * 100.0, 4) +
                          " % and takes " + figure(question.latency, 3) + " s; " +
                          std::to_string(question.workers) +
                          (question.workers == 1 ? " worker" : " workers"))
            << "\nwaits: " << waits_text(estimate);
  if (question.retry.jitter > 0.0) {
    std::cout << ", each less " << figure(question.retry.jitter * 50.0, 1) << " % by jitter";
  }
  std::cout << "\n\n";
  print_endings(style, estimate);
  print_figures(style, estimate, seen);
  if (seen) {
    std::cout << style.dim("counted: " + std::to_string(seen->calls) +
                           " calls through the pipeline on a virtual clock, seed " +
                           std::to_string(seed))
              << "\n";
  }
  if (estimate.overhead) {
    std::cout << "retries add " << figure(*estimate.overhead * 100.0, 1) << " % to the latency\n";
  }
  print_memory(question, estimate);
}

std::string estimate_json(const EstimateQuestion& question, const Estimate& own,
                          const Simulated* seen, std::uint64_t seed) {
  Json endings = Json::array();
  for (const auto& ending : own.endings) {
    endings.push_back({{"attempts", ending.attempts},
                       {"success", ending.success},
                       {"probability", ending.probability},
                       {"latency", ending.latency},
                       {"cost", ending.cost}});
  }
  const auto& memory = own.memory;
  Json out{{"question", question_json(question)},
           {"waits", own.waits},
           {"endings", endings},
           {"expected",
            {{"success", own.success},
             {"latency", own.latency},
             {"success_latency", optional_json(own.success_latency)},
             {"p50", own.p50},
             {"p95", own.p95},
             {"p99", own.p99},
             {"attempts", own.attempts},
             {"overhead", optional_json(own.overhead)},
             {"throughput", optional_json(own.throughput)},
             {"worker_throughput", optional_json(own.worker_throughput)}}},
           {"memory_kb",
            {{"history", memory.history_kb},
             {"response", memory.response_kb},
             {"parsed", memory.parsed_kb},
             {"context", memory.context_kb},
             {"attempt", memory.attempt_kb},
             {"call", memory.call_kb},
             {"workers", memory.workers_kb}}}};
  if (seen) out["simulated"] = simulated_json(*seen, seed, own);
  return out.dump(2);
}

}  // namespace dugout::cli

// `dugout estimate`: what a retry setting means for latency, cost, throughput and memory, computed,
// and counted beside it by the pipeline itself on a virtual clock. Reads no settings.
#include <charconv>
#include <cmath>
#include <fstream>
#include <iostream>
#include <memory>

#include "cli/command_line.hpp"
#include "cli/estimate_print.hpp"
#include "cli/estimate_svg.hpp"
#include "cli/simulated_clock.hpp"
#include "pipeline/estimate_run.hpp"

namespace dugout::cli {
namespace {

using pipeline::EstimateQuestion;
using pipeline::Simulated;

struct EstimateOptions {
  EstimateQuestion question;
  int simulate = 20'000;  // calls; 0 = none
  std::uint64_t seed = 1;
  std::string svg;  // a file
  bool json = false;
};

// A number from `low` to `high`, and nothing else: CLI11's own check lets "nan" through.
CLI::Validator within(double low, double high, bool whole = false) {
  const auto range = (whole ? std::string("a whole number from ") : std::string("a number from ")) +
                     figure(low, 1) + " to " + figure(high, 1);
  return CLI::Validator(
      [=](std::string& text) {
        double value = std::nan("");
        const auto end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        const bool good = error == std::errc{} && stop == end && value >= low && value <= high &&
                          (!whole || text.find_first_not_of("-0123456789") == text.npos);
        return good ? std::string() : "must be " + range + ", not \"" + text + "\"";
      },
      "", "");
}

int run_estimate(const EstimateOptions& options) {
  if (const auto good = pipeline::check(options.question); !good) {
    std::cerr << "dugout: " << good.error().message << "\n";
    return kUsage;
  }
  const auto estimate = pipeline::estimate(options.question);
  std::optional<Simulated> seen;
  if (options.simulate > 0) {
    SimulatedClock clock{core::WallTime{}};
    core::SystemRandom random(options.seed);
    seen = pipeline::simulate(options.question, options.simulate, clock, random);
  }
  const auto* counted = seen ? &*seen : nullptr;
  if (!options.svg.empty()) {
    std::ofstream file(options.svg, std::ios::binary);
    file << estimate_svg(options.question, estimate) << std::flush;
    if (!file) {
      std::cerr << "cannot write " << options.svg << "\n";
      return kEnvironment;
    }
  }
  if (options.json) {
    std::cout << estimate_json(options.question, estimate, counted, options.seed) << "\n";
  } else {
    print_estimate(options.question, estimate, counted, options.seed);
  }
  return kGood;
}

void add_figures(CLI::App& command, EstimateOptions& options) {
  auto& question = options.question;
  command.add_option("--success-rate", question.success_rate, "Of one attempt (default: 0.85)")
      ->check(within(0, 1));
  command.add_option("--latency", question.latency, "Of one attempt, in seconds (default: 3)")
      ->check(within(0, 600));
  command
      .add_option("--retries", question.retry.max_retries, "After the first attempt (default: 3)")
      ->check(within(0, 10, true));
  command.add_option("--workers", question.workers, "Calls under way at once (default: 10)")
      ->check(within(1, 100'000, true));
  command
      .add_option("--base-delay", question.retry.base_delay,
                  "Before the first retry, in seconds (default: 1)")
      ->check(within(0, 60));
  command
      .add_option("--multiplier", question.retry.multiplier,
                  "Each wait is so many times the one before (default: 2)")
      ->check(within(1, 10));
  command
      .add_option("--max-total-delay", question.retry.max_total_delay,
                  "All waits together, in seconds (default: 10)")
      ->check(within(0, 600));
  command
      .add_option("--jitter", question.retry.jitter,
                  "A wait is drawn from [1 - jitter, 1] of it (default: 0)")
      ->check(within(0, 1));
  command.add_option("--history", question.history, "Messages in the session (default: 20)")
      ->check(within(0, 1e6));
  command.add_option("--response-kb", question.response_kb, "Of one answer (default: 4)")
      ->check(within(0, 1e6));
}

}  // namespace

void add_estimate(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<EstimateOptions>();
  options->question.retry.jitter = 0.0;
  auto* command = app.add_subcommand(
      "estimate", "What a retry setting means for latency, cost, throughput and memory");
  command->footer(
      "Examples:\n"
      "  dugout estimate --success-rate 0.85 --latency 3 --retries 3 --workers 10\n"
      "  dugout estimate --success-rate 0.6 --retries 5 --base-delay 2 --svg latency.svg\n"
      "  dugout estimate --jitter 0.25 --simulate 100000 --seed 7 --json");
  add_figures(*command, *options);
  command
      ->add_option("--simulate", options->simulate,
                   "Calls counted beside the computation (default: 20000; 0: none)")
      ->check(within(0, pipeline::kMostSimulated, true));
  command->add_option("--seed", options->seed, "Of the simulation (default: 1)")
      ->check(within(0, 9'007'199'254'740'992.0, true));
  command->add_option("--svg", options->svg, "Draw the latencies to this file");
  command->add_flag("--json", options->json, "As JSON");
  command->callback([options, &line] { line.run = [options] { return run_estimate(*options); }; });
}

}  // namespace dugout::cli

// `dugout tune` on the command line: the learned retry tuner, offline.
#include <cstdlib>

#include "cli/command_line.hpp"
#include "cli/tune_commands.hpp"

namespace dugout::cli {
namespace {

// CLI::Range lets NaN through.
std::string part_of_the_log(const std::string& text) {
  char* end = nullptr;
  const double part = std::strtod(text.c_str(), &end);
  const bool fits = !text.empty() && *end == '\0' && part >= 0.1 && part <= 0.9;
  return fits ? "" : "must be a number from 0.1 to 0.9";
}

using Options = std::shared_ptr<TuneOptions>;

void add_logs(CLI::App& command, const Options& tune) {
  command.add_option("--log", tune->logs,
                     "Attempt logs (default: attempts/attempts*.jsonl in the data folder)");
}

void add_learning(CLI::App& group, CommandLine& line, const Options& tune) {
  auto* train_command =
      command(group, "train", "Learn a model from the attempt log",
              "  dugout tune train\n  dugout tune train --log attempts.jsonl -o model.json", line);
  add_logs(*train_command, tune);
  train_command->add_option("-o,--output", tune->output,
                            "Write the model here (default: the tuner's own file)");
  train_command->add_flag("--json", tune->json, "As JSON");
  train_command->callback(
      [tune, &line] { line.run = [&line, tune] { return tune_train(line.app, *tune); }; });

  auto* evaluate_command = command(
      group, "evaluate", "Compare learned options with the static ones on a later part of the log",
      "  dugout tune evaluate\n  dugout tune evaluate --log attempts.jsonl --split 0.5 --json\n"
      "  dugout tune evaluate --model var/tuner.json",
      line);
  add_logs(*evaluate_command, tune);
  evaluate_command
      ->add_option("--split", tune->split, "The part of the calls to learn from (default: 0.7)")
      ->check(&part_of_the_log);
  evaluate_command->add_option("--model", tune->model,
                               "Judge this model, on the calls after its own");
  evaluate_command->add_option("--seed", tune->seed, "Of the bootstrap (default: 1)");
  evaluate_command->add_option("--rounds", tune->rounds, "Of the bootstrap (default: 2000)")
      ->check(CLI::Range(100, 100'000));
  evaluate_command->add_flag("--json", tune->json, "As JSON");
  evaluate_command->callback(
      [tune, &line] { line.run = [&line, tune] { return tune_evaluate(line.app, *tune); }; });
}

void add_looking(CLI::App& group, CommandLine& line, const Options& tune) {
  auto* export_command = command(group, "export", "Write the model for other programs, as JSON",
                                 "  dugout tune export -o weights.json", line);
  export_command->add_option("--model", tune->model, "This model (default: the tuner's own)");
  export_command->add_option("-o,--output", tune->output, "Write to this file (default: stdout)");
  export_command->callback(
      [tune, &line] { line.run = [&line, tune] { return tune_export(line.app, *tune); }; });

  auto* show_command =
      command(group, "show", "What was learned, and what it would propose",
              "  dugout tune show\n  dugout tune show --model model.json --json", line);
  show_command->add_option("--model", tune->model, "This model (default: the tuner's own)");
  show_command->add_flag("--json", tune->json, "As JSON");
  show_command->callback(
      [tune, &line] { line.run = [&line, tune] { return tune_show(line.app, *tune); }; });
}

}  // namespace

void add_tune(CLI::App& app, CommandLine& line) {
  const auto tune = std::make_shared<TuneOptions>();
  auto* group =
      app.add_subcommand("tune", "The learned retry tuner: train it, judge it, look at it");
  group->require_subcommand(1);
  add_learning(*group, line, tune);
  add_looking(*group, line, tune);
  auto* simulate_command = group->add_subcommand(
      "simulate", "Make up an attempt log against a simulated provider, to try the others on");
  simulate_command->footer(
      "Examples:\n  dugout tune simulate -o log.jsonl --calls 20000 --seed 7\n"
      "  dugout tune evaluate --log log.jsonl");
  simulate_command->add_option("-o,--output", tune->output, "Write the log here")->required();
  simulate_command->add_option("--calls", tune->simulation.calls, "How many (default: 20000)")
      ->check(CLI::Range(1, 1'000'000));
  simulate_command->add_option("--days", tune->simulation.days, "Over so many (default: 14)")
      ->check(CLI::Range(1, 366));
  simulate_command->add_option("--seed", tune->seed, "Of all that is drawn by lot (default: 1)");
  simulate_command
      ->add_option("--scene", tune->scene,
                   "drifting: waiting helps by night; steady: nothing can be gained")
      ->check(CLI::IsMember({"drifting", "steady"}));
  simulate_command->callback([tune, &line] { line.run = [tune] { return tune_simulate(*tune); }; });
}

}  // namespace dugout::cli

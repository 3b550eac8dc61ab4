// `dugout tune evaluate`: learned options against the static ones, on calls that came later than
// those it was learned from.
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/tune_commands.hpp"
#include "cli/tune_report.hpp"

namespace dugout::cli {
namespace {

using core::Json;

constexpr std::size_t kLeastJudged = 100;  // calls; of fewer nothing can be said

// What is judged, by what, and where the two parts of the log meet.
struct Trial {
  std::vector<LoggedCall> calls;
  std::string model;
  Comparison comparison;
};

// The earlier part of the log teaches, the later part judges.
Outcome<Trial> split_trial(std::vector<LoggedCall> calls, const host::TunerHandle& tuner,
                           double split) {
  Trial trial;
  const auto cut = static_cast<std::size_t>(split * static_cast<double>(calls.size()));
  std::string earlier;
  for (std::size_t at = 0; at < cut; ++at) {
    for (const auto line : calls[at].lines) earlier.append(line);
  }
  auto model = tuner.train(earlier);
  if (!model) {
    auto error = model.error();
    error.message = "the earlier part of the log: " + error.message;
    return error;
  }
  trial.model = std::move(*model);
  trial.comparison.learned_from = cut;
  trial.comparison.until_ms = cut == 0 ? 0 : calls[cut - 1].at_ms;
  calls.erase(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(cut));
  trial.calls = std::move(calls);
  return trial;
}

// A model that is there already is judged on what came after it learned.
Outcome<Trial> later_trial(std::vector<LoggedCall> calls, const std::string& path) {
  const auto model = read_model_file(path);
  if (!model) return model.error();
  const auto training =
      model->is_object() ? model->value("training", Json::object()) : Json::object();
  const auto until = training.is_object() ? training.find("until_ms") : training.end();
  if (until == training.end() || !until->is_number_integer()) {
    return Error{Code::kInvalid, path + ": it is no model of this tuner"};
  }
  Trial trial;
  trial.model = model->dump();
  trial.comparison.until_ms = until->get<std::int64_t>();
  std::erase_if(calls, [&](const auto& call) { return call.at_ms <= trial.comparison.until_ms; });
  trial.calls = std::move(calls);
  return trial;
}

}  // namespace

int tune_evaluate(const AppOptions& options, const TuneOptions& tune) {
  auto opened = open_tuner(options);
  if (opened.code != kGood) return opened.code;
  const auto log = read_attempt_logs(tune.logs, opened.set->settings().data);
  if (!log) return tune_refused(log.error());
  auto trial = tune.model.empty() ? split_trial(calls_of(*log), *opened.tuner, tune.split)
                                  : later_trial(calls_of(*log), tune.model);
  if (!trial) return tune_refused(trial.error());
  if (trial->calls.size() < kLeastJudged) {
    return tune_refused({Code::kInvalid, "too little to judge by: the later part of the log has " +
                                             std::to_string(trial->calls.size()) + " of the " +
                                             std::to_string(kLeastJudged) +
                                             " calls that are needed"});
  }
  const ScratchFile file(trial->model);
  const auto tuner = tuner_with(*opened.set, file.path(), opened.findings);
  if (tuner == nullptr) {
    report(opened.findings);
    return kFindings;
  }
  auto judged = judge(trial->calls, *tuner, fixed_for(*opened.set));
  if (!judged)
    return tune_refused({Code::kInvalid, "the model is not usable: " + judged.error().message});
  trial->comparison.judged = std::move(*judged);
  trial->comparison.seed = tune.seed;
  trial->comparison.rounds = tune.rounds;
  const auto comparison = comparison_json(trial->comparison);
  if (tune.json) {
    std::cout << comparison.dump(2) << "\n";
  } else {
    print_comparison(comparison);
  }
  return kGood;
}

}  // namespace dugout::cli

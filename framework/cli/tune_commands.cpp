// `dugout tune train|export|show|simulate`.
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/terminal.hpp"
#include "cli/tune_commands.hpp"
#include "cli/tune_report.hpp"
#include "config/retry_settings.hpp"

namespace dugout::cli {
namespace {

using core::Json;

constexpr std::size_t kHeaviest = 15;

// Readable without this program: names with weights, and how they make a chance.
Json portable(const Json& model) {
  Json weights = Json::object();
  for (std::size_t at = 0; at < model["features"].size(); ++at) {
    weights[model["features"][at].get<std::string>()] = model["weights"][at];
  }
  auto out = model;
  out.erase("features");
  out.erase("checksum");
  out["weights"] = std::move(weights);
  out["kind"] = "dugout.tuner.export";
  out["chance"] = "1 / (1 + exp(-sum(weight * feature)))";
  return out;
}

// The model as the tuner itself would take it; refused when it would not.
Outcome<Json> usable_model(const OpenedTuner& opened, const std::string& given, std::string& path) {
  path = given.empty() ? model_path(opened.set->settings()) : given;
  auto model = read_model_file(path);
  if (!model) return model;
  core::Findings findings;
  const auto tuner = tuner_with(*opened.set, path, findings);
  if (tuner == nullptr || !tuner->propose("{}")) {
    return Error{Code::kInvalid, path + ": the tuner does not use it; its log line says why"};
  }
  return model;
}

Json proposals_of(const host::TunerHandle& tuner, const Json& model, const FixedFor& fixed_of) {
  Json rows = Json::array();
  for (const auto& type : model["call_types"]) {
    for (const int hour : {3, 9, 15, 21}) {
      for (const double recent : {0.95, 0.6}) {
        LoggedCall call;
        call.call_type = type.get<std::string>();
        const auto fixed = fixed_of(call);
        Json row{{"call_type", type},
                 {"hour", hour},
                 {"weekday", 1},
                 {"messages", 8},
                 {"recent_success_rate", recent},
                 {"max_retries", fixed.figures.max_retries},
                 {"base_delay", fixed.figures.base_delay},
                 {"multiplier", fixed.figures.multiplier},
                 {"max_total_delay", fixed.max_total_delay},
                 {"jitter", fixed.jitter}};
        const auto answer = tuner.propose(row.dump());
        if (!answer) continue;
        row.update(Json::parse(*answer));
        rows.push_back(std::move(row));
      }
    }
  }
  return rows;
}

}  // namespace

int tune_refused(const Error& error) {
  std::cerr << error.message << "\n";
  return error.code == Code::kUnavailable || error.code == Code::kNotFound ? kEnvironment
                                                                           : kFindings;
}

OpenedTuner open_tuner(const AppOptions& options) {
  OpenedTuner opened;
  opened.clock = std::make_unique<SimulatedClock>(core::SystemClock().wall_now());
  auto offline = options;
  offline.clock = opened.clock.get();
  opened.set = std::make_unique<Set>(offline, opened.findings);
  if (report(opened.findings)) {
    opened.code = kFindings;
    return opened;
  }
  opened.tuner = opened.set->plugins()->tuner("learned");
  if (opened.tuner == nullptr) {
    std::cerr << "the plugin " << kTunerPlugin
              << " is not there; `dugout plugin list` tells more\n";
    opened.code = kEnvironment;
  }
  return opened;
}

FixedFor fixed_for(const Set& set) {
  return [&set](const LoggedCall& call) {
    const auto agent = set.application()->agents.find(call.agent);
    const bool known = agent != set.application()->agents.end();
    core::Findings findings;
    const auto retry =
        config::retry_for(set.settings(), call.call_type, known ? &agent->second.retry : nullptr,
                          findings, known ? agent->second.file : "");
    FixedOptions fixed;
    fixed.figures = {retry.max_retries.value_or(fixed.figures.max_retries),
                     retry.base_delay.value_or(fixed.figures.base_delay),
                     retry.multiplier.value_or(fixed.figures.multiplier)};
    fixed.max_total_delay = retry.max_total_delay.value_or(fixed.max_total_delay);
    fixed.jitter = retry.jitter.value_or(fixed.jitter);
    return fixed;
  };
}

int tune_train(const AppOptions& options, const TuneOptions& tune) {
  const auto opened = open_tuner(options);
  if (opened.code != kGood) return opened.code;
  const auto& settings = opened.set->settings();
  const auto log = read_attempt_logs(tune.logs, settings.data);
  if (!log) return tune_refused(log.error());
  const auto model = opened.tuner->train(*log);
  if (!model) return tune_refused(model.error());
  const auto path = tune.output.empty() ? model_path(settings) : tune.output;
  if (const auto done = replace_file(path, *model); !done) return tune_refused(done.error());
  const auto learned = Json::parse(*model);
  if (tune.json) {
    std::cout << Json{{"model", path}, {"training", learned["training"]}}.dump(2) << "\n";
    return kGood;
  }
  print_training(learned);
  std::cout << Style::for_stdout().good("written") << "       " << path
            << "; a server reads it at its next start or reload\n";
  return kGood;
}

int tune_export(const AppOptions& options, const TuneOptions& tune) {
  const auto opened = open_tuner(options);
  if (opened.code != kGood) return opened.code;
  std::string path;
  const auto model = usable_model(opened, tune.model, path);
  if (!model) return tune_refused(model.error());
  const auto text = portable(*model).dump(2) + "\n";
  if (tune.output.empty()) {
    std::cout << text;
  } else if (const auto done = replace_file(tune.output, text); !done) {
    return tune_refused(done.error());
  }
  return kGood;
}

int tune_show(const AppOptions& options, const TuneOptions& tune) {
  auto opened = open_tuner(options);
  if (opened.code != kGood) return opened.code;
  std::string path;
  const auto model = usable_model(opened, tune.model, path);
  if (!model) return tune_refused(model.error());
  const auto tuner = tuner_with(*opened.set, path, opened.findings);
  const auto heavy = heaviest(*model, kHeaviest);
  const auto rows = proposals_of(*tuner, *model, fixed_for(*opened.set));
  if (tune.json) {
    std::cout << Json{{"model", path},
                      {"training", (*model)["training"]},
                      {"heaviest", heavy},
                      {"proposals", rows}}
                     .dump(2)
              << "\n";
    return kGood;
  }
  const auto style = Style::for_stdout();
  std::cout << style.bold(path) << "\n";
  print_training(*model);
  std::cout << "\n" << style.bold("The features with the largest weights") << "\n";
  for (const auto& one : heavy) {
    std::printf("  %+8.3f  %s\n", one["weight"].get<double>(),
                one["feature"].get<std::string>().c_str());
  }
  std::fflush(stdout);
  std::cout << "\n"
            << style.bold("What it would propose")
            << "  (never beyond 0 to 5 retries, 0.05 to 10 s, x 1 to 4)\n";
  print_proposals(rows);
  return kGood;
}

int tune_simulate(const TuneOptions& tune) {
  auto simulation = tune.simulation;
  simulation.seed = tune.seed;
  if (tune.scene == "steady") simulation.scene = TuneScene::kSteady;
  std::ofstream file(tune.output, std::ios::binary);
  std::size_t attempts = 0;
  simulate_attempts(simulation, [&](std::string_view line) {
    file << line << '\n';
    ++attempts;
  });
  file.close();
  if (!file) return tune_refused({Code::kUnavailable, tune.output + ": cannot be written"});
  std::cout << attempts << " attempts of " << simulation.calls << " calls over " << simulation.days
            << " days written to " << tune.output << "\n";
  return kGood;
}

}  // namespace dugout::cli

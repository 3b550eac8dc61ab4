// `dugout validators calibrate FILE`: can the confidence of an agent's validators be believed?
// Shows figures only, never an answer.
#include <fstream>
#include <iomanip>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/calibrate.hpp"
#include "cli/command_line.hpp"
#include "cli/terminal.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

namespace dugout::cli {
namespace {

using core::Json;
using pipeline::Outcomes;
using pipeline::Reliability;

struct CalibrateOptions {
  std::string file, agent = "new_registration";
  bool json = false;
};

std::string rounded(double value) {
  return core::fixed(value, 3);
}

double edge(std::size_t bin) {
  return static_cast<double>(bin) / static_cast<double>(pipeline::kBins);
}

Json reliability_json(const std::string& name, const Reliability& reliability) {
  Json out{{"name", name},
           {"count", reliability.count},
           {"ece", reliability.ece},
           {"brier", reliability.brier},
           {"bins", Json::array()}};
  for (std::size_t at = 0; at < pipeline::kBins; ++at) {
    const auto& bin = reliability.bins[at];
    Json shown{{"from", edge(at)}, {"to", edge(at + 1)}, {"count", bin.count}};
    shown["confidence"] = bin.count == 0 ? Json() : Json(bin.confidence);
    shown["good_rate"] = bin.count == 0 ? Json() : Json(bin.good_rate);
    out["bins"].push_back(shown);
  }
  return out;
}

Json outcomes_json(const Outcomes& outcomes) {
  return {{"good", outcomes.good}, {"bad", outcomes.bad}};
}

void print_json(const Calibration& found) {
  Json out{{"answers", found.answers},
           {"validators", Json::array()},
           {"mean", reliability_json("mean", found.mean)},
           {"thresholds", Json::object()},
           {"decisions",
            {{"valid", outcomes_json(found.decisions.valid)},
             {"flagged", outcomes_json(found.decisions.flagged)},
             {"retried", outcomes_json(found.decisions.retried)},
             {"unreadable", outcomes_json(found.unreadable)},
             {"without_opinion", outcomes_json(found.without_opinion)}}}};
  for (const auto& [name, reliability] : found.validators)
    out["validators"].push_back(reliability_json(name, reliability));
  for (const auto& [agent, confidence] : found.thresholds)
    out["thresholds"][agent] = {{"valid", confidence.valid}, {"retry", confidence.retry}};
  std::cout << out.dump(2) << "\n";
}

void print_reliability(const Style& style, const std::string& name,
                       const Reliability& reliability) {
  std::cout << style.bold(name) << "  " << reliability.count << " answers, ECE "
            << rounded(reliability.ece) << ", Brier " << rounded(reliability.brier) << "\n"
            << style.dim("  confidence   answers    mean    good") << "\n";
  for (std::size_t at = 0; at < pipeline::kBins; ++at) {
    const auto& bin = reliability.bins[at];
    std::ostringstream row;
    row << std::fixed << std::setprecision(1) << "  " << edge(at) << " to " << edge(at + 1)
        << std::setw(12) << bin.count;
    if (bin.count > 0)
      row << std::setw(8) << rounded(bin.confidence) << std::setw(8) << rounded(bin.good_rate);
    std::cout << (bin.count == 0 ? style.dim(row.str()) : row.str()) << "\n";
  }
  std::cout << "\n";
}

void print_outcome(const char* what, const Outcomes& outcomes) {
  std::cout << "  " << std::left << std::setw(28) << what << std::right << std::setw(6)
            << outcomes.good << std::setw(6) << outcomes.bad << "\n";
}

void print_text(const Calibration& found) {
  const auto style = Style::for_stdout();
  for (const auto& [name, reliability] : found.validators)
    print_reliability(style, name, reliability);
  print_reliability(style, "weighted mean", found.mean);
  std::cout << style.bold("what the thresholds make of them");
  for (const auto& [agent, confidence] : found.thresholds) {
    std::cout << "  " << agent << ": valid above " << confidence.valid << ", retry below "
              << confidence.retry;
  }
  std::cout << "\n" << style.dim("                                  good   bad") << "\n";
  print_outcome("taken", found.decisions.valid);
  print_outcome("taken and flagged", found.decisions.flagged);
  print_outcome("asked for again", found.decisions.retried);
  print_outcome("not readable, asked again", found.unreadable);
  print_outcome("nobody had an opinion, taken", found.without_opinion);
}

int run_calibrate(const AppOptions& app, const CalibrateOptions& options) {
  core::Findings findings;
  const Set set(app, findings);
  if (report(findings)) return kFindings;
  std::ifstream file(options.file, std::ios::binary);
  if (!file || file.peek() == std::ifstream::traits_type::eof()) {
    std::cerr << options.file << ": cannot be read, or is empty\n";
    return kUsage;
  }
  core::Findings bad_lines;
  const auto found = calibrate(set, file, options.file, options.agent, bad_lines);
  const bool bad = report(bad_lines);
  if (found.answers == 0) {
    if (!bad) std::cerr << options.file << ": holds no answers\n";
    return kFindings;
  }
  if (options.json) {
    print_json(found);
  } else {
    print_text(found);
  }
  return bad ? kFindings : kGood;
}

}  // namespace

void add_validators(CLI::App& app, CommandLine& line) {
  auto* group = app.add_subcommand("validators", "How far the checks of answers can be believed");
  group->require_subcommand(1);
  const auto options = std::make_shared<CalibrateOptions>();
  auto* one = command(
      *group, "calibrate", "A reliability table of an agent's validators, from labelled answers",
      "  dugout validators calibrate answers.jsonl\n"
      "  dugout validators calibrate answers.jsonl --agent re_registration --json\n"
      "A line: {\"answer\": \"the model's text\", \"good\": true,\n"
      "         \"context\": {\"routine\": 8, \"next\": [9, 27]}, \"agent\": \"...\"}",
      line);
  one->add_option("file", options->file, "JSON Lines, one labelled answer each")->required();
  one->add_option("--agent", options->agent, "Of lines that name none (default: new_registration)");
  one->add_flag("--json", options->json, "As JSON");
  one->callback([options, &line] {
    line.run = [options, &line] { return run_calibrate(line.app, *options); };
  });
}

}  // namespace dugout::cli

#include "cli/calibrate.hpp"

#include <unistd.h>

#include <iostream>
#include <istream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/json.hpp"
#include "core/text.hpp"
#include "orchestrator/plugin_parts.hpp"
#include "pipeline/reading.hpp"

namespace dugout::cli {
namespace {

using core::Json;

constexpr std::size_t kLineBytes = 1U << 20;  // bytes
constexpr std::size_t kMostFindings = 50;  // a file of another kind need not be told line by line
constexpr std::size_t kTick = 500;         // answers between two signs of life

struct Labelled {
  std::string answer, agent;
  Json context = Json::object();
  bool good = false;
};

Outcome<Labelled> read_line(const std::string& line, const std::string& agent) {
  if (line.size() > kLineBytes) return Error{Code::kInvalid, "the line is longer than 1 MiB"};
  const auto read = core::parse_json(line);
  if (!read) return Error{Code::kInvalid, "not JSON: " + read.error().message};
  if (!read->is_object()) return Error{Code::kInvalid, "not a JSON object"};
  for (const auto& [key, value] : read->items()) {
    if (key == "answer" || key == "good" || key == "context" || key == "agent") continue;
    return Error{Code::kInvalid,
                 "/" + key + ": unknown; there are answer, good, context and agent"};
  }
  Labelled labelled;
  const auto answer = read->find("answer"), good = read->find("good");
  if (answer == read->end() || !answer->is_string())
    return Error{Code::kInvalid, "/answer: must be the model's text"};
  if (good == read->end() || !good->is_boolean())
    return Error{Code::kInvalid, "/good: must be true or false"};
  labelled.answer = answer->get<std::string>();
  labelled.good = good->get<bool>();
  labelled.agent = agent;
  if (const auto named = read->find("agent"); named != read->end()) {
    if (!named->is_string()) return Error{Code::kInvalid, "/agent: must be an agent's name"};
    labelled.agent = named->get<std::string>();
  }
  if (const auto context = read->find("context"); context != read->end()) {
    if (!context->is_object()) return Error{Code::kInvalid, "/context: must be an object"};
    labelled.context = *context;
  }
  return labelled;
}

// An agent's parsers and validators, ready for answers.
struct AgentBench {
  const routines::Agent* agent = nullptr;
  std::vector<std::unique_ptr<pipeline::Parser>> parsers;
  std::vector<std::unique_ptr<pipeline::Validator>> validators;
  pipeline::CallPlan plan;
};

Outcome<AgentBench> bench_of(const Set& set, const std::string& name) {
  const auto found = set.application()->agents.find(name);
  if (found == set.application()->agents.end())
    return Error{Code::kInvalid, "there is no agent called " + name};
  AgentBench bench;
  bench.agent = &found->second;
  for (const auto& parser : bench.agent->parsers) {
    if (auto handle = set.plugins()->parser(parser)) {
      bench.parsers.push_back(std::make_unique<orchestrator::PluginParser>(std::move(handle)));
      bench.plan.parsers.push_back(bench.parsers.back().get());
    }
  }
  for (const auto& use : bench.agent->validators) {
    if (auto handle = set.plugins()->validator(use.name)) {
      bench.validators.push_back(
          std::make_unique<orchestrator::PluginValidator>(std::move(handle)));
      bench.plan.validators.push_back({bench.validators.back().get(), use.weight});
    }
  }
  bench.plan.thresholds = {bench.agent->confidence.valid, bench.agent->confidence.retry};
  if (bench.validators.empty())
    return Error{Code::kInvalid, "agent " + name + " has no validators"};
  return bench;
}

class AnswersDone {
 public:
  ~AnswersDone() {
    if (shown_) std::cerr << "\r\x1b[K";
  }
  void step() {
    if (++done_ % kTick != 0 || isatty(STDERR_FILENO) == 0) return;
    std::cerr << "\r" << done_ << " answers" << std::flush;
    shown_ = true;
  }

 private:
  std::size_t done_ = 0;
  bool shown_ = false;
};

class Calibrating {
 public:
  explicit Calibrating(const Set& set) : set_(set) {}

  Status take(const Labelled& labelled) {
    auto bench = benches_.find(labelled.agent);
    if (bench == benches_.end()) {
      auto made = bench_of(set_, labelled.agent);
      if (!made) return made.error();
      bench = benches_.emplace(labelled.agent, std::move(*made)).first;
      out_.thresholds[labelled.agent] = bench->second.agent->confidence;
    }
    weigh(bench->second, labelled);
    return Done{};
  }

  Calibration end() {
    for (const auto& [name, judged] : judged_)
      out_.validators.emplace_back(name, pipeline::reliability_of(judged));
    out_.mean = pipeline::reliability_of(means_);
    return std::move(out_);
  }

 private:
  void weigh(AgentBench& bench, const Labelled& labelled) {
    ++out_.answers;
    auto context = labelled.context;
    context.emplace("agent", bench.agent->name);
    context.emplace("schema", bench.agent->schema_name);
    bench.plan.context = core::canonical(context);
    pipeline::Answer answer;
    answer.texts = {labelled.answer};
    const auto reading = pipeline::read_answer(std::move(answer), bench.plan, bench.agent->schema);
    const auto& weighed = reading.weighed;
    if (!reading.parsed && !weighed.failure) return out_.unreadable.add(labelled.good);
    if (!weighed.confidence) return out_.without_opinion.add(labelled.good);
    for (const auto& [name, confidence] : weighed.verdicts)
      judged_[name].push_back({confidence, labelled.good});
    means_.push_back({*weighed.confidence, labelled.good});
    out_.decisions.add(weighed.decision, labelled.good);
  }

  const Set& set_;
  std::map<std::string, AgentBench> benches_;
  std::map<std::string, std::vector<pipeline::JudgedAnswer>> judged_;
  std::vector<pipeline::JudgedAnswer> means_;
  Calibration out_;
};

}  // namespace

Calibration calibrate(const Set& set, std::istream& lines, const std::string& file,
                      const std::string& agent, core::Findings& findings) {
  Calibrating calibrating(set);
  AnswersDone progress;
  std::string line;
  std::size_t bad = 0;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (core::trim(line).empty()) continue;
    progress.step();
    const auto labelled = read_line(line, agent);
    const auto taken = labelled ? calibrating.take(*labelled) : Status(labelled.error());
    if (taken || ++bad > kMostFindings) continue;
    findings.push_back(
        {core::Finding::Severity::kError, file, number, 1, taken.error().message, ""});
  }
  if (bad > kMostFindings) {
    findings.push_back({core::Finding::Severity::kError, file, 0, 0,
                        std::to_string(bad - kMostFindings) + " more lines like that", ""});
  }
  return calibrating.end();
}

}  // namespace dugout::cli

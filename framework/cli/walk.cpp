#include "cli/walk.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <set>

#include "cli/conversation.hpp"
#include "cli/stage.hpp"
#include "cli/terminal.hpp"
#include "routines/graph.hpp"

namespace dugout::cli {
namespace {

using routines::Routine;

constexpr long long kSeasonDayMs = 1'759'320'000'000;  // 2025-10-01, as in the bundled data
constexpr int kMostWalks = 150;
constexpr int kMostTurns = 160;   // of one walk
constexpr int kDullRounds = 3;    // without a new edge, before the store is emptied
constexpr double kLeaves = 0.02;  // how likely a turn is the last: people leave in the middle
constexpr int kFar = 1'000'000;

// One thing a walk can do at a routine: an answer, and perhaps a tool that fails meanwhile.
struct Move {
  std::string answer;
  std::string failing;
  int repeats = 1;  // a bad answer as often as the routine's repair wants
  int made = 0;     // how often so far
  int led_to = 0;   // where it led the last time; 0 = not made yet
};

std::vector<std::string> answers_at(const Routine& routine) {
  auto answers = routine.examples;
  if (answers.empty()) answers.emplace_back("yes");
  return answers;
}

std::vector<Move> moves_at(const Routine& routine) {
  std::vector<Move> moves;
  const int repeats = routine.repair ? routine.repair->attempts : 1;
  for (const auto& answer : answers_at(routine)) moves.push_back({answer, "", repeats});
  for (const auto& step : routine.calls) {
    if (!step.on_failure) continue;
    for (const auto& answer : answers_at(routine)) moves.push_back({answer, step.tool, 1});
  }
  return moves;
}

class Walker {
 public:
  Walker(const AppOptions& options, std::unique_ptr<Stage> stage, const std::string& flow,
         bool verbose)
      : options_(options),
        stage_(std::move(stage)),
        flow_(stage_->application().flows.at(flow)),
        verbose_(verbose) {
    for (const auto& edge : routines::edges(flow_)) open_.insert({edge.from, edge.to});
    all_ = open_.size();
  }

  int run() {
    int dull = 0;
    for (walks_ = 0; walks_ < kMostWalks && !open_.empty(); ++walks_) {
      const auto before = open_.size();
      for (const auto& start : flow_.examples) walk(start);
      dull = open_.size() == before ? dull + 1 : 0;
      // Where everybody is registered or locked out by now, nothing new can be met any more.
      if (dull > 0 && dull % kDullRounds == 0 && !start_afresh()) break;
    }
    return report();
  }

 private:
  // A stage with an empty store.
  bool start_afresh() {
    core::Findings findings;
    stage_.reset();
    stage_ = std::make_unique<Stage>(options_, kSeasonDayMs, false, findings);
    if (stage_->ready()) return true;
    errors_.push_back("the stage could not be set up again");
    for (const auto& finding : findings) errors_.push_back(finding.text());
    return false;
  }

  void walk(const std::vector<std::string>& start) {
    session_ = core::new_id("walk_");
    std::optional<int> at;
    for (const auto& message : start) at = say(message, "");
    for (int turn = 0; turn < kMostTurns && at && !open_.empty(); ++turn) {
      const auto* routine = flow_.find(*at);
      if (routine == nullptr) return;
      auto& move = next_move(*routine);
      for (int time = 0; time < move.repeats && at == routine->number; ++time) {
        at = say(move.answer, move.failing);
      }
      move.led_to = at.value_or(0);
      if (routine->kind == routines::RoutineKind::kEnd || random_.unit() < kLeaves) return;
    }
  }

  // Mostly the move that was made least often; walks differ by a deterministic shuffle, so that
  // answers meet in all combinations. Where nothing is left to be met here, every other time the
  // one that led nearest to a routine with an edge that was not taken yet.
  Move& next_move(const Routine& routine) {
    auto& moves = moves_[routine.number];
    if (moves.empty()) moves = moves_at(routine);
    const auto towards = distances();
    const bool guided = towards.at(routine.number) > 0 && random_.unit() < 0.5;
    const auto cost = [&](const Move& move) {
      if (!guided || move.made == 0) return move.made;
      const auto there = towards.find(move.led_to);
      return there == towards.end() ? kFar : there->second;
    };
    const auto shift = static_cast<std::size_t>(random_.unit() * static_cast<double>(moves.size()));
    std::size_t best = shift % moves.size();
    for (std::size_t i = 0; i < moves.size(); ++i) {
      const auto candidate = (i + shift) % moves.size();
      if (cost(moves[candidate]) < cost(moves[best])) best = candidate;
    }
    ++moves[best].made;
    return moves[best];
  }

  // How many moves from each routine to one with an open edge, by where moves have led so far.
  std::map<int, int> distances() const {
    std::map<int, int> out;
    for (const auto& [number, routine] : flow_.routines) out[number] = kFar;
    for (const auto& [from, to] : open_) out[from] = 0;
    for (bool shorter = true; shorter;) {
      shorter = false;
      for (const auto& [number, moves] : moves_) {
        for (const auto& move : moves) {
          const auto there = out.find(move.led_to);
          if (there == out.end() || there->second + 1 >= out[number]) continue;
          out[number] = there->second + 1;
          shorter = true;
        }
      }
    }
    return out;
  }

  std::optional<int> say(const std::string& text, const std::string& failing) {
    orchestrator::ChatRequest request;
    request.session_id = session_;
    if (text.rfind("photo:", 0) == 0) {
      request.upload =
          orchestrator::Upload{make_photo(text.substr(6), stage_->folder() + "/uploads"), "photo"};
    } else {
      request.user_message = text;
    }
    stage_->tools().fail(failing);
    const auto reply = stage_->orchestrator().chat(request);
    stage_->tools().fail("");
    ++turns_;
    if (!reply) {
      errors_.push_back(text + ": " + reply.error().message);
      return std::nullopt;
    }
    for (const auto& edge : reply->path) open_.erase(edge);
    if (verbose_) std::cout << "  " << text << " -> " << reply->routine_number.value_or(0) << "\n";
    return reply->routine_number;
  }

  int report() const {
    const auto style = Style::for_stdout();
    const auto taken = all_ - open_.size();
    std::cout << (open_.empty() && errors_.empty() ? style.good("pass") : style.bad("FAIL")) << "  "
              << flow_.name << ": " << taken << " of " << all_ << " edges taken ("
              << (all_ == 0 ? 100 : 100 * taken / all_) << " %), " << flow_.routines.size()
              << " routines, " << turns_ << " turns\n";
    for (const auto& [from, to] : open_)
      std::cout << "  not taken: " << from << " -> " << to << "\n";
    for (const auto& error : errors_) std::cout << "  failed: " << error << "\n";
    return open_.empty() && errors_.empty() ? kGood : kFindings;
  }

  const AppOptions& options_;
  std::unique_ptr<Stage> stage_;
  const routines::Flow flow_;  // a copy: it outlives the stage it was read with
  const bool verbose_;
  core::SystemRandom random_{7};  // seeded: a walk can be repeated
  std::set<std::pair<int, int>> open_;
  std::size_t all_ = 0;
  std::map<int, std::vector<Move>> moves_;
  std::string session_;
  std::vector<std::string> errors_;
  int walks_ = 0, turns_ = 0;
};

}  // namespace

int walk_all_paths(const AppOptions& options, const std::string& flow_name, bool verbose) {
  core::Findings findings;
  auto stage = std::make_unique<Stage>(options, kSeasonDayMs, false, findings);
  if (report(findings) || !stage->ready()) return kFindings;
  const auto& flows = stage->application().flows;
  const auto flow = flows.find(flow_name);
  if (flow == flows.end()) {
    std::cerr << "there is no flow called " << flow_name << "\n";
    return kUsage;
  }
  if (flow->second.examples.empty()) {
    std::cerr << flow_name << "/flow.yaml has no examples: the messages that start the flow\n";
    return kFindings;
  }
  return Walker(options, std::move(stage), flow_name, verbose).run();
}

}  // namespace dugout::cli

#include "cli/walk.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "cli/conversation.hpp"
#include "cli/stage.hpp"
#include "cli/terminal.hpp"
#include "routines/graph.hpp"

namespace dugout::cli {
namespace {

using routines::Routine;

constexpr long long kSeasonDayMs = 1'759'320'000'000;  // 2025-10-01, as in the bundled data
constexpr int kMostWalks = 600;
constexpr int kMostTurns = 160;  // of one walk

// One thing a walk can do at a routine: an answer, and perhaps a tool that fails meanwhile.
struct Move {
  std::string answer;
  std::string failing;
  int repeats = 1;  // a bad answer as often as the routine's repair wants
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
  Walker(Stage& stage, const routines::Flow& flow, bool verbose)
      : stage_(stage), flow_(flow), verbose_(verbose) {
    for (const auto& edge : routines::edges(flow)) open_.insert({edge.from, edge.to});
    all_ = open_.size();
  }

  int run() {
    for (walks_ = 0; walks_ < kMostWalks && !open_.empty(); ++walks_) {
      for (const auto& start : flow_.examples) walk(start);
    }
    return report();
  }

 private:
  void walk(const std::string& start) {
    session_ = core::new_id("walk_");
    auto at = say(start, "");
    for (int turn = 0; turn < kMostTurns && at && !open_.empty(); ++turn) {
      const auto* routine = flow_.find(*at);
      if (routine == nullptr) return;
      const auto move = next_move(*routine);
      for (int time = 0; time < move.repeats && at == routine->number; ++time) {
        at = say(move.answer, move.failing);
      }
      if (routine->kind == routines::RoutineKind::kEnd) return;
    }
  }

  // The move that was made least often in this routine; walks differ by a deterministic shuffle, so
  // that answers meet in all combinations.
  Move next_move(const Routine& routine) {
    const auto moves = moves_at(routine);
    auto& made = made_[routine.number];
    made.resize(moves.size());
    const auto shift = static_cast<std::size_t>(random_.unit() * static_cast<double>(moves.size()));
    std::size_t best = shift % moves.size();
    for (std::size_t i = 0; i < moves.size(); ++i) {
      const auto candidate = (i + shift) % moves.size();
      if (made[candidate] < made[best]) best = candidate;
    }
    ++made[best];
    return moves[best];
  }

  std::optional<int> say(const std::string& text, const std::string& failing) {
    orchestrator::ChatRequest request;
    request.session_id = session_;
    if (text.rfind("photo:", 0) == 0) {
      request.upload =
          orchestrator::Upload{make_photo(text.substr(6), stage_.folder() + "/uploads"), "photo"};
    } else {
      request.user_message = text;
    }
    stage_.tools().fail(failing);
    const auto reply = stage_.orchestrator().chat(request);
    stage_.tools().fail("");
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

  Stage& stage_;
  const routines::Flow& flow_;
  const bool verbose_;
  core::SystemRandom random_{7};  // seeded: a walk can be repeated
  std::set<std::pair<int, int>> open_;
  std::size_t all_ = 0;
  std::map<int, std::vector<int>> made_;
  std::string session_;
  std::vector<std::string> errors_;
  int walks_ = 0, turns_ = 0;
};

}  // namespace

int walk_all_paths(const AppOptions& options, const std::string& flow_name, bool verbose) {
  core::Findings findings;
  Stage stage(options, kSeasonDayMs, false, findings);
  if (report(findings) || !stage.ready()) return kFindings;
  const auto flow = stage.application().flows.find(flow_name);
  if (flow == stage.application().flows.end()) {
    std::cerr << "there is no flow called " << flow_name << "\n";
    return kUsage;
  }
  if (flow->second.examples.empty()) {
    std::cerr << flow_name << "/flow.yaml has no examples: the messages that start the flow\n";
    return kFindings;
  }
  return Walker(stage, flow->second, verbose).run();
}

}  // namespace dugout::cli

// How far a session is: steps_of() of question.hpp.
#include <algorithm>
#include <map>
#include <set>

#include "orchestrator/question.hpp"

namespace dugout::orchestrator {
namespace {

using routines::Condition;
using routines::Routine;
using routines::RoutineKind;

// Only ways that meet themselves are walked more than once; beyond this many steps the longest so
// far counts.
constexpr int kMostVisits = 2'000;

enum class Holds { kNo, kYes, kPerhaps };

bool asks(const Routine& routine) {
  return routine.kind == RoutineKind::kAsk;
}

class Ahead {
 public:
  Ahead(const routines::Flow& flow, const Draft& draft) : flow_(flow), draft_(draft) {}

  // Routines that ask after this one, on the longest way to an end; -1 = no way found.
  int longest(int number) {
    const auto* routine = flow_.find(number);
    if (const auto known = known_.find(number); known != known_.end()) return known->second;
    if (routine == nullptr || ++visits_ > kMostVisits) return -1;
    if (on_way_.contains(number)) {
      ++cuts_;
      return -1;
    }
    if (routine->kind == RoutineKind::kEnd) return 0;
    const int cuts = cuts_;
    on_way_.insert(number);
    int most = -1;
    for (const auto& edge : routine->next) {
      const auto open = edge.when ? holds(*edge.when, *routine) : Holds::kYes;
      if (open == Holds::kNo) continue;
      const auto* to = flow_.find(edge.go);
      const int rest = longest(edge.go);
      if (rest >= 0) most = std::max(most, rest + (to != nullptr && asks(*to) ? 1 : 0));
      if (open == Holds::kYes) break;
    }
    on_way_.erase(number);
    if (cuts == cuts_) known_[number] = most;  // no matter how one comes here
    return most;
  }

 private:
  // What is in the record is known, unless the routine is about to ask for it; whatever else may
  // still come.
  Holds compare(const Condition& condition, const Routine& routine) const {
    const auto field = routines::base_name(condition.left);
    const auto own =
        std::find_if(routine.collects.begin(), routine.collects.end(),
                     [&field](const routines::Field& known) { return known.name == field; });
    const bool presence =
        condition.op == Condition::Op::kSet || condition.op == Condition::Op::kUnset;
    if (own != routine.collects.end()) {
      if (!presence || own->when || own->optional) return Holds::kPerhaps;
      // It asks until it has an answer.
      return condition.op == Condition::Op::kSet ? Holds::kYes : Holds::kNo;
    }
    if (!routines::resolve(condition.left, draft_)) return Holds::kPerhaps;
    return condition.holds(draft_) ? Holds::kYes : Holds::kNo;
  }

  Holds holds(const Condition& condition, const Routine& routine) const {
    if (condition.kind == Condition::Kind::kCompare) return compare(condition, routine);
    if (condition.kind == Condition::Kind::kNot) {
      const auto part = holds(condition.parts.front(), routine);
      if (part == Holds::kPerhaps) return part;
      return part == Holds::kYes ? Holds::kNo : Holds::kYes;
    }
    // One "no" decides about all, one "yes" about any.
    const bool all = condition.kind == Condition::Kind::kAll;
    const auto decisive = all ? Holds::kNo : Holds::kYes;
    auto found = all ? Holds::kYes : Holds::kNo;
    for (const auto& part : condition.parts) {
      const auto one = holds(part, routine);
      if (one == decisive) return decisive;
      if (one == Holds::kPerhaps) found = one;
    }
    return found;
  }

  const routines::Flow& flow_;
  const Draft& draft_;
  std::set<int> on_way_;
  std::map<int, int> known_;
  int visits_ = 0, cuts_ = 0;  // cuts: ways that met themselves
};

// The routine whose question is to be answered next on the flow's own way.
int place_on_way(int routine, const Draft& draft) {
  const auto back = draft.get(routines::kCorrectionReturn);
  if (!back || back->empty() || back->size() > 6 ||
      back->find_first_not_of("0123456789") != std::string::npos) {
    return routine;
  }
  return std::stoi(*back);
}

}  // namespace

Steps steps_of(const routines::Flow& flow, int routine, const Draft& draft) {
  const int at = place_on_way(routine, draft);
  const auto* here = flow.find(at);
  if (here == nullptr) return {};
  std::set<int> answered;
  for (const auto& [field, entry] : draft.entries()) {
    const auto* by = flow.find(entry.routine);
    const bool corrects = flow.corrections && flow.corrections->go == entry.routine;
    if (by != nullptr && asks(*by) && entry.routine != at && !corrects)
      answered.insert(entry.routine);
  }
  const int done = static_cast<int>(answered.size());
  if (here->kind == RoutineKind::kEnd) return {done, done};
  Ahead ahead(flow, draft);
  return {done + 1, done + 1 + std::max(ahead.longest(at), 0)};
}

}  // namespace dugout::orchestrator

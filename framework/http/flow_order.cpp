#include "http/flow_order.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace dugout::http {
namespace {

struct OrderVisit {
  const routines::Routine* routine;
  std::size_t left;  // rules that are still to be followed
};

}  // namespace

std::vector<int> flow_order(const routines::Flow& flow) {
  std::vector<int> order;
  std::set<int> seen;
  std::vector<OrderVisit> open;
  const auto enter = [&](int number) {
    const auto* routine = flow.find(number);
    if (routine == nullptr || !seen.insert(number).second) return;
    open.push_back({routine, routine->next.size()});
  };
  enter(flow.start);
  // Depth first, the last rule before the first: turned round, the first one's way comes first.
  while (!open.empty()) {
    auto& visit = open.back();
    if (visit.left > 0) {
      enter(visit.routine->next[--visit.left].go);
      continue;
    }
    order.push_back(visit.routine->number);
    open.pop_back();
  }
  std::reverse(order.begin(), order.end());
  for (const auto& [number, routine] : flow.routines) {
    if (seen.count(number) == 0) order.push_back(number);
  }
  return order;
}

}  // namespace dugout::http

// Shortens a conversation by whole groups: a tool call that lost its result makes every later
// request invalid.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "pipeline/call.hpp"
#include "pipeline/waits.hpp"

namespace dugout::pipeline {
namespace {

// The group of each item. A result belongs to its call, whatever number it carries.
std::vector<int> groups_of(const std::vector<Item>& items) {
  std::map<std::string_view, int> group_of_call;
  std::vector<int> groups;
  groups.reserve(items.size());
  for (const auto& item : items) {
    int group = item.group;
    if (item.kind == Item::Kind::kToolCall) group_of_call.emplace(item.call.id, group);
    if (item.kind == Item::Kind::kToolResult) {
      const auto call = group_of_call.find(item.call.id);
      if (call != group_of_call.end()) group = call->second;
    }
    groups.push_back(group);
  }
  return groups;
}

// Groups without a pinned item, oldest first.
std::vector<int> droppable(const std::vector<Item>& items, const std::vector<int>& groups) {
  std::set<int> pinned, seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].pinned) pinned.insert(groups[i]);
  }
  std::vector<int> order;
  for (const int group : groups) {
    if (pinned.count(group) == 0 && seen.insert(group).second) order.push_back(group);
  }
  return order;
}

}  // namespace

bool can_truncate(const Request& request, double fraction) {
  return sane_fraction(fraction) > 0.0 &&
         droppable(request.items, groups_of(request.items)).size() >= 2;
}

bool truncate_history(Request& request, double fraction) {
  const auto groups = groups_of(request.items);
  const auto order = droppable(request.items, groups);
  const double part = sane_fraction(fraction);
  if (order.size() < 2 || part <= 0.0) return false;
  const auto wanted =
      static_cast<std::size_t>(std::floor(static_cast<double>(order.size()) * part));
  const auto count = std::clamp<std::size_t>(wanted, 1, order.size() - 1);
  const std::set<int> dropped(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));

  std::vector<Item> kept;
  kept.reserve(request.items.size());
  for (std::size_t i = 0; i < request.items.size(); ++i) {
    if (dropped.count(groups[i]) == 0) kept.push_back(std::move(request.items[i]));
  }
  request.items = std::move(kept);
  return true;
}

}  // namespace dugout::pipeline

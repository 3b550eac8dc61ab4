// The frame of a check: bounds, scope, errors, and the order of the keyword groups.
#include "config/schema_check.hpp"

#include <algorithm>

#include "config/schema_number.hpp"
#include "config/schema_uri.hpp"

namespace dugout::config {
namespace {

constexpr int kMaxInstanceDepth = 128;
constexpr int kMaxEntered = 320;  // schemas entered within each other; about 1 KiB of stack each
constexpr std::size_t kMaxSteps = 2'000'000;

// Without recursion: the instance may be deeper than the stack.
bool too_deep(const core::Json& instance) {
  std::vector<std::pair<const core::Json*, int>> open{{&instance, 1}};
  while (!open.empty()) {
    const auto [value, depth] = open.back();
    open.pop_back();
    if (!value->is_structured()) continue;
    if (depth > kMaxInstanceDepth) return true;
    for (const auto& item : *value) {
      if (item.is_structured()) open.emplace_back(&item, depth + 1);
    }
  }
  return false;
}

}  // namespace

std::string Where::pointer() const {
  std::vector<const Where*> way;
  for (const auto* at = this; at->up != nullptr; at = at->up) way.push_back(at);
  std::string out;
  for (auto at = way.rbegin(); at != way.rend(); ++at) {
    out += "/" + ((*at)->item ? std::to_string((*at)->index) : escape_token((*at)->key));
  }
  return out;
}

void Evaluated::add(const Evaluated& other) {
  all_members = all_members || other.all_members;
  all_items = all_items || other.all_items;
  prefix = std::max(prefix, other.prefix);
  members.insert(other.members.begin(), other.members.end());
  items.insert(other.items.begin(), other.items.end());
}

const SchemaChecker::Part SchemaChecker::kParts[] = {
    &SchemaChecker::type,        &SchemaChecker::choice,    &SchemaChecker::number,
    &SchemaChecker::string,      &SchemaChecker::array,     &SchemaChecker::contained,
    &SchemaChecker::object,      &SchemaChecker::members,   &SchemaChecker::references,
    &SchemaChecker::all_of,      &SchemaChecker::any_of,    &SchemaChecker::one_of,
    &SchemaChecker::negation,    &SchemaChecker::condition,
    &SchemaChecker::unevaluated,  // last: it needs to know what the others have looked at
};

std::vector<SchemaError> SchemaChecker::run(const core::Json& instance) {
  const Where root;
  if (too_deep(instance)) {
    give_up(*schema_.root, root,
            "is nested deeper than " + std::to_string(kMaxInstanceDepth) + " levels");
  } else if (!check(*schema_.root, instance, root, nullptr) && errors_.empty()) {
    errors_.push_back({"", "", "does not conform"});
  }
  return std::move(errors_);
}

bool SchemaChecker::check(const SchemaNode& node, const core::Json& value, const Where& where,
                          Evaluated* out) {
  if (stopped_) return false;
  if (node.always) {
    return *node.always || fail(node, "", where, "is not allowed here");
  }
  if (depth_ >= kMaxEntered)
    return give_up(node, where, "the schema's references go too deep here");
  if (++steps_ > kMaxSteps) return give_up(node, where, "the check takes too many steps");
  const bool enters = scope_.empty() || scope_.back() != node.resource;
  if (enters) scope_.push_back(node.resource);
  ++depth_;
  const bool good = check_parts(node, value, where, out);
  --depth_;
  if (enters) scope_.pop_back();
  return good && !stopped_;
}

bool SchemaChecker::check_parts(const SchemaNode& node, const core::Json& value, const Where& where,
                                Evaluated* out) {
  Evaluated seen;
  Evaluated* const notes = schema_.tracks ? &seen : nullptr;
  bool good = true;
  for (const auto part : kParts) {
    if (!(this->*part)(node, value, where, notes)) {
      good = false;
      if (quiet_ || stopped_ || errors_.size() >= limit_) return false;
    }
  }
  if (good && out != nullptr) out->add(seen);
  return good;
}

bool SchemaChecker::silently(const SchemaNode& node, const core::Json& value, const Where& where,
                             Evaluated* seen) {
  const bool before = quiet_;
  quiet_ = true;
  const bool good = check(node, value, where, seen);
  quiet_ = before;
  return good;
}

std::string SchemaChecker::nearest_reason(const NodeList& alternatives, const core::Json& value,
                                          const Where& where) {
  if (quiet_) return {};
  SchemaError best;
  bool any = false;
  for (const auto* alternative : alternatives) {
    std::vector<SchemaError> before;
    before.swap(errors_);
    check(*alternative, value, where, nullptr);
    before.swap(errors_);
    if (before.empty()) continue;
    if (!any || before.front().pointer.size() > best.pointer.size()) best = before.front();
    any = true;
  }
  if (!any) return {};
  return "; the nearest: " + (best.pointer.empty() ? "it" : best.pointer) + " " + best.message;
}

bool SchemaChecker::fail(const SchemaNode& node, const char* keyword, const Where& where,
                         std::string message) {
  if (quiet_ || stopped_ || errors_.size() >= limit_) return false;
  auto at = node.pointer;
  if (*keyword != '\0') at += std::string("/") + keyword;
  errors_.push_back({where.pointer(), std::move(at), std::move(message)});
  return false;
}

bool SchemaChecker::give_up(const SchemaNode& node, const Where& where, std::string message) {
  if (stopped_) return false;
  quiet_ = false;
  if (errors_.size() >= limit_ && !errors_.empty()) errors_.pop_back();
  fail(node, "", where, std::move(message));
  stopped_ = true;
  return false;
}

}  // namespace dugout::config

// The condition is brought into a disjunction of conjunctions, with a bound on their number; it can
// never hold when every conjunction contradicts itself or the domains.
#include "routines/satisfiable.hpp"

#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "routines/compare.hpp"

namespace dugout::routines {
namespace {

using Op = Condition::Op;
using Conjunction = std::vector<Condition>;  // of comparisons

// Beyond this the condition counts as satisfiable: a check must not take long on outside text.
constexpr std::size_t kMostConjunctions = 256;

Op opposite(Op op) {
  switch (op) {
    case Op::kEq:
      return Op::kNe;
    case Op::kNe:
      return Op::kEq;
    case Op::kLt:
      return Op::kGe;
    case Op::kLe:
      return Op::kGt;
    case Op::kGt:
      return Op::kLe;
    case Op::kGe:
      return Op::kLt;
    case Op::kSet:
      return Op::kUnset;
    case Op::kUnset:
      return Op::kSet;
  }
  return op;
}

std::vector<Conjunction> negated_comparison(const Condition& condition) {
  Condition inverse = condition;
  inverse.op = opposite(condition.op);
  std::vector<Conjunction> out = {{inverse}};
  if (condition.op == Op::kSet || condition.op == Op::kUnset) return out;
  // A comparison with an unset field is false, so its `not` is true.
  inverse.op = Op::kUnset;
  out.push_back({inverse});
  return out;
}

std::vector<Conjunction> product(const std::vector<Conjunction>& left,
                                 const std::vector<Conjunction>& right) {
  std::vector<Conjunction> out;
  for (const auto& one : left) {
    for (const auto& other : right) {
      if (out.size() > kMostConjunctions) return out;
      out.push_back(one);
      out.back().insert(out.back().end(), other.begin(), other.end());
    }
  }
  return out;
}

// Depth is bounded by the YAML loader.
std::vector<Conjunction> conjunctions(const Condition& condition, bool negated) {
  using Kind = Condition::Kind;
  if (condition.kind == Kind::kNot) return conjunctions(condition.parts.front(), !negated);
  if (condition.kind == Kind::kCompare) {
    if (negated) return negated_comparison(condition);
    return {{condition}};
  }
  const bool together = (condition.kind == Kind::kAll) != negated;
  std::vector<Conjunction> out;
  if (together) out.emplace_back();
  for (const auto& part : condition.parts) {
    const auto inner = conjunctions(part, negated);
    if (together) {
      out = product(out, inner);
    } else {
      out.insert(out.end(), inner.begin(), inner.end());
    }
    if (out.size() > kMostConjunctions) return out;
  }
  return out;
}

struct Interval {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false, high_open = false;

  void narrow(Op op, double number) {
    const bool open = op == Op::kGt || op == Op::kLt;
    if ((op == Op::kGt || op == Op::kGe) && (number > low || (number == low && open))) {
      low = number;
      low_open = open;
    }
    if ((op == Op::kLt || op == Op::kLe) && (number < high || (number == high && open))) {
      high = number;
      high_open = open;
    }
  }
  bool empty() const { return low > high || (low == high && (low_open || high_open)); }
};

bool gives_number(const std::string& name) {
  return name.ends_with(".age") || name.ends_with(".number") || name.ends_with(".length");
}

// The comparisons of one conjunction that look at one name.
class NameCheck {
 public:
  NameCheck(std::string name, const Domains& domains) : name_(std::move(name)) {
    const auto it = domains.find(name_);
    if (it != domains.end()) domain_ = it->second;
    if (gives_number(name_)) domain_.low = 0;
  }
  void add(const Condition& comparison) { comparisons_.push_back(comparison); }

  std::string why_never(std::string& hint) const {
    if (unset_and_compared()) return name_ + " cannot be unset and have a value at once";
    for (const auto& one : comparisons_) {
      auto why = odd_number(one, hint);
      if (!why.empty()) return why;
    }
    if (domain_.closed) return outside_values(hint);
    return outside_range();
  }

 private:
  bool unset_and_compared() const {
    const auto unset = std::count_if(comparisons_.begin(), comparisons_.end(),
                                     [](const auto& one) { return one.op == Op::kUnset; });
    return unset > 0 && static_cast<std::size_t>(unset) < comparisons_.size();
  }

  // A number where none can be, or none where there must be one.
  std::string odd_number(const Condition& one, std::string& hint) const {
    if (one.op == Op::kSet || one.op == Op::kUnset) return {};
    const bool number = plain_number(one.right).has_value();
    const bool numeric = gives_number(name_) || domain_.numeric;
    if (numeric && !number && one.op != Op::kNe) {
      return name_ + " is a number, \"" + one.right + "\" is not";
    }
    if (domain_.text_only && number && is_ordering(one.op)) {
      hint = "read a number out of it: " + name_ + ".number, or " + name_ + ".age of a date";
      return name_ + " is never a number, " + one.right + " is one";
    }
    if (is_ordering(one.op) && !number) {
      hint = "use == or !=";
      return "\"" + one.right + "\" is not a number, so it has no order";
    }
    return {};
  }

  std::string outside_values(std::string& hint) const {
    const bool possible = std::any_of(domain_.values.begin(), domain_.values.end(),
                                      [this](const auto& value) { return fits(value); });
    if (possible || all_about_presence()) return {};
    std::string list;
    for (const auto& value : domain_.values) list += (list.empty() ? "" : ", ") + value;
    const auto& right = comparisons_.front().right;
    const auto near = config::nearest(
        right, std::vector<std::string>(domain_.values.begin(), domain_.values.end()));
    hint = near.empty() || near == right ? "" : "did you mean " + near + "?";
    if (comparisons_.size() == 1) {
      return name_ + " cannot be " + right + ", only: " + list;
    }
    return "the comparisons of " + name_ + " exclude each other; it can be: " + list;
  }

  std::string outside_range() const {
    for (const auto& one : comparisons_) {
      if (one.op == Op::kEq && !fits(one.right)) return excluded();
    }
    Interval range;
    if (domain_.low) range.narrow(Op::kGe, *domain_.low);
    if (domain_.high) range.narrow(Op::kLe, *domain_.high);
    for (const auto& one : comparisons_) {
      const auto number = plain_number(one.right);
      if (!number) continue;
      range.narrow(one.op, *number);
      if (one.op != Op::kEq) continue;
      range.narrow(Op::kGe, *number);
      range.narrow(Op::kLe, *number);
    }
    return range.empty() ? excluded() : "";
  }

  std::string excluded() const {
    if (comparisons_.size() > 1) return "the comparisons of " + name_ + " exclude each other";
    return name_ + " is never in that range";
  }

  bool fits(const std::string& value) const {
    return std::all_of(comparisons_.begin(), comparisons_.end(), [&value](const auto& one) {
      return one.op == Op::kSet || satisfies(value, one.op, one.right);
    });
  }

  bool all_about_presence() const {
    return std::all_of(comparisons_.begin(), comparisons_.end(),
                       [](const auto& one) { return one.op == Op::kSet || one.op == Op::kUnset; });
  }

  const std::string name_;
  Domain domain_;
  Conjunction comparisons_;
};

std::string contradiction(const Conjunction& conjunction, const Domains& domains,
                          std::string& hint) {
  std::map<std::string, NameCheck> by_name;
  for (const auto& comparison : conjunction) {
    by_name.try_emplace(comparison.left, comparison.left, domains).first->second.add(comparison);
  }
  for (const auto& [name, check] : by_name) {
    auto why = check.why_never(hint);
    if (!why.empty()) return why;
  }
  return {};
}

}  // namespace

std::string why_never(const Condition& condition, const Domains& domains, std::string& hint) {
  const auto alternatives = conjunctions(condition, false);
  if (alternatives.size() > kMostConjunctions) return {};
  std::string first, first_hint;
  for (const auto& one : alternatives) {
    std::string note;
    const auto why = contradiction(one, domains, note);
    if (why.empty()) return {};
    if (first.empty()) {
      first = why;
      first_hint = note;
    }
  }
  hint = first_hint;
  return first;
}

}  // namespace dugout::routines

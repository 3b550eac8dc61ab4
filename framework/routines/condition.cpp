// Evaluates conditions and prints them. Pure, safe from any thread.
#include "routines/condition.hpp"

#include "routines/compare.hpp"

namespace dugout::routines {
namespace {

bool compare(const Condition& condition, const Values& values) {
  const auto left = resolve(condition.left, values);
  if (condition.op == Condition::Op::kSet) return left.has_value();
  if (condition.op == Condition::Op::kUnset) return !left.has_value();
  return left && satisfies(*left, condition.op, condition.right);
}

std::string list_text(const std::vector<Condition>& parts) {
  std::string out = "[";
  for (const auto& part : parts) out += (out.size() > 1 ? ", " : "") + part.text();
  return out + "]";
}

std::string_view symbol(Condition::Op op) {
  switch (op) {
    case Condition::Op::kEq:
      return "==";
    case Condition::Op::kNe:
      return "!=";
    case Condition::Op::kLt:
      return "<";
    case Condition::Op::kLe:
      return "<=";
    case Condition::Op::kGt:
      return ">";
    case Condition::Op::kGe:
      return ">=";
    case Condition::Op::kSet:
      return "is set";
    case Condition::Op::kUnset:
      return "is unset";
  }
  return "==";
}

}  // namespace

bool Condition::holds(const Values& values) const {
  switch (kind) {
    case Kind::kCompare:
      return compare(*this, values);
    case Kind::kNot:
      return !parts.front().holds(values);
    case Kind::kAll:
      for (const auto& part : parts) {
        if (!part.holds(values)) return false;
      }
      return true;
    case Kind::kAny:
      for (const auto& part : parts) {
        if (part.holds(values)) return true;
      }
      return false;
  }
  return false;
}

std::string Condition::text() const {
  switch (kind) {
    case Kind::kAll:
      return "{all: " + list_text(parts) + "}";
    case Kind::kAny:
      return "{any: " + list_text(parts) + "}";
    case Kind::kNot:
      return "{not: " + parts.front().text() + "}";
    case Kind::kCompare:
      break;
  }
  std::string out = left + " " + std::string(symbol(op));
  if (op != Op::kSet && op != Op::kUnset) out += " " + right;
  return out;
}

std::vector<std::string> Condition::reads() const {
  std::vector<std::string> out;
  if (kind == Kind::kCompare) out.push_back(left);
  for (const auto& part : parts) {
    for (auto& name : part.reads()) out.push_back(std::move(name));
  }
  return out;
}

}  // namespace dugout::routines

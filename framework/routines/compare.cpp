#include "routines/compare.hpp"

#include <algorithm>
#include <charconv>

namespace dugout::routines {
namespace {

template <typename T>
bool ordered(const T& left, Condition::Op op, const T& right) {
  switch (op) {
    case Condition::Op::kEq:
      return left == right;
    case Condition::Op::kNe:
      return left != right;
    case Condition::Op::kLt:
      return left < right;
    case Condition::Op::kLe:
      return left <= right;
    case Condition::Op::kGt:
      return left > right;
    case Condition::Op::kGe:
      return left >= right;
    case Condition::Op::kSet:
    case Condition::Op::kUnset:
      break;
  }
  return false;
}

}  // namespace

std::optional<double> plain_number(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
  double value = 0;
  const char* end = text.data() + text.size();
  if (!plain || text.empty()) return std::nullopt;
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

bool satisfies(const std::string& left, Condition::Op op, const std::string& right) {
  const auto left_number = plain_number(left);
  const auto right_number = plain_number(right);
  if (left_number && right_number) return ordered(*left_number, op, *right_number);
  return ordered(left, op, right);
}

bool is_ordering(Condition::Op op) {
  return op == Condition::Op::kLt || op == Condition::Op::kLe || op == Condition::Op::kGt ||
         op == Condition::Op::kGe;
}

}  // namespace dugout::routines

#include "money.hpp"

#include <cmath>

namespace money {
namespace {

using judged::digit;

constexpr long long kMost = 1'000'000'000'000;  // pence

bool ends_with_any(std::string_view text, const judged::Words& words) {
  if (text.ends_with(' ')) text.remove_suffix(1);
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return !word.empty() && text.ends_with(word);
  });
}

bool starts_with_any(std::string_view text, const judged::Words& words) {
  if (text.starts_with(' ')) text.remove_prefix(1);
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    if (word.empty() || !text.starts_with(word)) return false;
    return text.size() == word.size() || !judged::part_of_a_word(text[word.size()]);
  });
}

// Takes "1,200.50" off `rest`. REQUIRES: it starts with a digit.
long long take_number(std::string_view& rest) {
  const auto digit_at = [&](std::size_t at) { return at < rest.size() && digit(rest[at]); };
  long long whole = 0;
  std::size_t at = 0;
  for (; digit_at(at) || (at < rest.size() && rest[at] == ',' && digit_at(at + 1)); ++at) {
    if (rest[at] != ',') whole = std::min(kMost, whole * 10 + (rest[at] - '0'));
  }
  long long pence = whole * 100;
  if (at < rest.size() && rest[at] == '.' && digit_at(at + 1)) {
    const auto point = at++;
    long long unit = 10;
    for (; digit_at(at); ++at, unit /= 10) pence += unit * (rest[at] - '0');
    if (at - point > 3) pence = kNoAmount;
  }
  rest.remove_prefix(at);
  return whole >= kMost / 100 ? kNoAmount : pence;
}

}  // namespace

std::vector<long long> amounts_in(std::string_view text, const Signs& signs) {
  std::vector<long long> found;
  for (std::size_t at = 0; at < text.size();) {
    if (!digit(text[at])) {
      ++at;
      continue;
    }
    auto rest = text.substr(at);
    const auto before = text.substr(0, at);
    const auto pence = take_number(rest);
    if (ends_with_any(before, signs.before) || starts_with_any(rest, signs.after))
      found.push_back(pence);
    at = text.size() - rest.size();
  }
  return found;
}

long long amount_of(const judged::json& value) {
  if (value.is_number()) {
    const auto pence = std::round(value.get<double>() * 100.0);
    return pence >= 0 && pence < static_cast<double>(kMost) ? static_cast<long long>(pence)
                                                            : kNoAmount;
  }
  if (!value.is_string()) return kNoAmount;
  std::string_view rest = value.get_ref<const std::string&>();
  if (rest.empty() || !digit(rest.front())) return kNoAmount;
  const auto pence = take_number(rest);
  return rest.empty() ? pence : kNoAmount;
}

std::string written(long long pence) {
  const auto rest = std::to_string(pence % 100);
  return std::to_string(pence / 100) + (rest.size() < 2 ? ".0" : ".") + rest;
}

}  // namespace money

// Exact arithmetic on the shortest decimal form of a number.
#include "config/schema_number.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace dugout::config {
namespace {

__extension__ using Wide = unsigned __int128;

// 10^exponent mod modulus
std::uint64_t power_of_ten(unsigned exponent, std::uint64_t modulus) {
  Wide result = 1 % modulus, base = 10 % modulus;
  for (; exponent > 0; exponent >>= 1U) {
    if ((exponent & 1U) != 0) result = result * base % modulus;
    base = base * base % modulus;
  }
  return static_cast<std::uint64_t>(result);
}

Decimal trimmed(Decimal number) {
  while (number.mantissa != 0 && number.mantissa % 10 == 0) {
    number.mantissa /= 10;
    ++number.exponent;
  }
  return number;
}

Decimal decimal_of_double(double value) {
  std::array<char, 48> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), std::fabs(value),
                                 std::chars_format::scientific)
                       .ptr;
  Decimal number;
  const char* at = text.data();
  for (bool fraction = false; at != end && *at != 'e'; ++at) {
    if (*at == '.') {
      fraction = true;
      continue;
    }
    number.mantissa = number.mantissa * 10 + static_cast<std::uint64_t>(*at - '0');
    if (fraction) --number.exponent;
  }
  int exponent = 0;
  if (at != end) std::from_chars(at[1] == '+' ? at + 2 : at + 1, end, exponent);
  number.exponent += exponent;
  return trimmed(number);
}

void append_key(const core::Json& value, std::string& out);

void append_container(const core::Json& value, std::string& out) {
  out += value.is_array() ? '[' : '{';
  for (const auto& item : value.items()) {
    if (value.is_object())
      out +=
          core::Json(item.key()).dump(-1, ' ', false, core::Json::error_handler_t::replace) + ":";
    append_key(item.value(), out);
    out += ',';
  }
  out += value.is_array() ? ']' : '}';
}

// Recursion is bounded: the depth of an instance is checked before anything else looks at it.
void append_key(const core::Json& value, std::string& out) {
  if (value.is_structured()) return append_container(value, out);
  if (!value.is_number_float() || !is_whole(value)) {
    out += value.dump(-1, ' ', false, core::Json::error_handler_t::replace);
    return;
  }
  const auto number = value.get<double>();
  constexpr double kExact = 9007199254740992.0;  // above it, integers are stored as they are
  if (std::fabs(number) > kExact)
    out += value.dump();
  else
    out += std::to_string(static_cast<long long>(number));
}

}  // namespace

bool is_whole(const core::Json& value) {
  if (value.is_number_integer()) return true;
  if (!value.is_number_float()) return false;
  const auto number = value.get<double>();
  return std::isfinite(number) && std::trunc(number) == number;
}

long double exact_value(const core::Json& value) {
  if (value.is_number_unsigned()) return static_cast<long double>(value.get<std::uint64_t>());
  if (value.is_number_integer()) return static_cast<long double>(value.get<std::int64_t>());
  return static_cast<long double>(value.get<double>());
}

Decimal decimal_of(const core::Json& value) {
  if (value.is_number_float()) return decimal_of_double(value.get<double>());
  if (value.is_number_unsigned()) return trimmed({value.get<std::uint64_t>(), 0});
  const auto number = value.get<std::int64_t>();
  const auto bits = static_cast<std::uint64_t>(number);
  return trimmed({number < 0 ? 0 - bits : bits, 0});
}

bool is_multiple(const Decimal& value, const Decimal& step) {
  if (value.mantissa == 0) return true;
  const int shift = value.exponent - step.exponent;
  if (shift >= 0) {
    const auto factor = power_of_ten(static_cast<unsigned>(shift), step.mantissa);
    return static_cast<Wide>(value.mantissa % step.mantissa) * factor % step.mantissa == 0;
  }
  Wide divisor = step.mantissa;
  for (int i = shift; i < 0 && divisor <= value.mantissa; ++i) divisor *= 10;
  return divisor <= value.mantissa && value.mantissa % divisor == 0;
}

std::string equality_key(const core::Json& value) {
  std::string out;
  append_key(value, out);
  return out;
}

}  // namespace dugout::config

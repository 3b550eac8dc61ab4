// A value or an error: how everything on the request path reports. Standard library only (C++17).
// No exceptions: `Outcome` is returned, and the caller must look at it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "dugout/abi.h"

namespace dugout {

// One to one with the DUGOUT_E_* values of abi.h, where each is explained.
enum class Code : std::int32_t {
  kOk = DUGOUT_OK,
  kInternal = DUGOUT_E_INTERNAL,
  kInvalid = DUGOUT_E_INVALID,
  kNotApplicable = DUGOUT_E_NOT_APPLICABLE,
  kMalformed = DUGOUT_E_MALFORMED,
  kTruncated = DUGOUT_E_TRUNCATED,
  kEmpty = DUGOUT_E_EMPTY,
  kMissingField = DUGOUT_E_MISSING_FIELD,
  kWrongShape = DUGOUT_E_WRONG_SHAPE,
  kRefused = DUGOUT_E_REFUSED,
  kNotFound = DUGOUT_E_NOT_FOUND,
  kConflict = DUGOUT_E_CONFLICT,
  kUnavailable = DUGOUT_E_UNAVAILABLE,
  kTimeout = DUGOUT_E_TIMEOUT,
  kCancelled = DUGOUT_E_CANCELLED,
  kUpstream = DUGOUT_E_UPSTREAM,
};

// Maps a status from the other side of the boundary; unknown codes become kInternal.
constexpr Code code_of(dugout_status status) {
  return status >= DUGOUT_OK && status <= DUGOUT_E_UPSTREAM ? static_cast<Code>(status)
                                                            : Code::kInternal;
}

struct Error {
  Code code = Code::kInternal;
  std::string message;   // for people; never a user's or a provider's text
  std::string detail{};  // JSON, or empty
};

template <typename T>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Outcome(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok().
  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // REQUIRES: !ok().
  const Error& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

struct Done {};  // the value of an Outcome that has nothing to say
using Status = Outcome<Done>;

}  // namespace dugout

// What a plugin put, copied and made safe to use. Private to host. [any]
#pragma once

#include <string>
#include <string_view>

#include "dugout/abi.h"
#include "dugout/sdk/outcome.hpp"
#include "host/calls.hpp"

namespace dugout::host {

// Keeps at most kMaxAnswer bytes; a plugin that puts without end must not take the memory.
struct CappedSink : dugout_sink {
  CappedSink() : dugout_sink{&CappedSink::append} {}
  std::string text;
  bool too_large = false;

 private:
  static void append(dugout_sink* self, dugout_text piece) noexcept;
};

// The error of a status other than DUGOUT_OK. The body may be anything; what cannot be read is not
// shown. `retry_after_ms` becomes a member of the detail.
Error error_from(const std::string& plugin, dugout_status status, std::string_view body);

}  // namespace dugout::host

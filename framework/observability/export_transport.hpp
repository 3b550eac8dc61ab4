// How an export leaves the house. Declared here, filled from net by cli.
#pragma once

#include <optional>
#include <string>

#include "core/clock.hpp"

namespace dugout::observability {

struct ExportAnswer {
  int status = 0;                             // of HTTP; 0 = none came
  std::optional<core::Duration> retry_after;  // as the receiver asks
  std::string body;
};

class ExportTransport {
 public:
  virtual ~ExportTransport() = default;
  // [worker] One try, over after `within` or when `cancel` is, whatever comes first.
  virtual ExportAnswer post(const std::string& body, core::Duration within,
                            const core::CancelToken& cancel) noexcept = 0;
};

}  // namespace dugout::observability

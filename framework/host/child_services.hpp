// What a plugin in a child sees of its host: dugout_host over the socket. Private to host. [any]
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dugout/abi.h"
#include "host/frame.hpp"

namespace dugout::host {

// The one table of this process; services not in `needs` are absent.
const dugout_host* child_host(const std::vector<std::string>& needs);

// While it lives, what this thread asks of the host is asked for that call.
class ServedCall {
 public:
  explicit ServedCall(std::uint64_t call);
  ~ServedCall();
  ServedCall(const ServedCall&) = delete;
  ServedCall& operator=(const ServedCall&) = delete;
};

void take_served(Frame&& frame);  // an answer of the host
void say_done(std::uint64_t call, std::int32_t status, std::string_view first,
              std::string_view second);
void say_returned(std::uint64_t call);

}  // namespace dugout::host

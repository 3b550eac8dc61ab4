// What the system says of this process; figures it does not tell are 0. Reads /proc. [worker]
#pragma once

#include <cstdint>

namespace dugout::observability {

struct ProcessFigures {
  double cpu_seconds = 0.0;
  double started = 0.0;  // unix time, s
  std::uint64_t resident_bytes = 0, virtual_bytes = 0;
  std::uint64_t open_files = 0, most_files = 0;
  std::uint64_t threads = 0;
};

ProcessFigures process_figures();

}  // namespace dugout::observability

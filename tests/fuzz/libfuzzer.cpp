// The entry that libFuzzer calls; a program holds one target.
#include <cstddef>
#include <cstdint>

#include "target.hpp"

extern "C" __attribute__((visibility("default"))) int LLVMFuzzerInitialize(int* /*count*/,
                                                                           char*** /*words*/) {
  dugout::fuzz::begin();
  return 0;
}

extern "C" __attribute__((visibility("default"))) int LLVMFuzzerTestOneInput(
    const std::uint8_t* data, std::size_t size) {
  static const auto target = dugout::fuzz::targets().begin()->second;
  target({reinterpret_cast<const char*>(data), size});
  return 0;
}

// A fuzz target: a function over one input that may hold anything, with the properties it requires.
// libfuzzer.cpp gives the one of its program to libFuzzer; replay.cpp gives all of them what stands
// in the corpus and small changes of it. One thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace dugout::fuzz {

using Target = void (*)(std::string_view input);

// By name; filled before main().
std::map<std::string, Target>& targets();

// On the thread that lasts, before the first input: what libcrypto keeps for the thread that starts
// it is lost when that thread ends, and what it keeps for others when it has ended before them.
void begin();

struct Added {
  Added(const char* name, Target target) { targets().emplace(name, target); }
};

// Says what was broken and ends the process, which the fuzzer takes for a crash.
void require(bool holds, const char* property);

// Cuts an input at its first NULs into up to `Count` parts; the last one takes the rest, and those
// that are not there are empty.
template <std::size_t Count>
struct Parts {
  explicit Parts(std::string_view input) {
    for (std::size_t at = 0; at < Count; ++at) {
      const auto end = at + 1 < Count ? input.find('\0') : input.npos;
      part[at] = input.substr(0, end);
      input = end == input.npos ? std::string_view{} : input.substr(end + 1);
    }
  }
  std::string_view operator[](std::size_t at) const { return part[at]; }
  std::string_view part[Count];
};

}  // namespace dugout::fuzz

// FUZZ_TARGET(json) { ... input ... }
#define FUZZ_TARGET(name)                                             \
  static void fuzz_##name(std::string_view input);                    \
  static const dugout::fuzz::Added added_##name(#name, &fuzz_##name); \
  static void fuzz_##name(std::string_view input)

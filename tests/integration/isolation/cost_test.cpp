// What a process of its own costs: `integration_isolation "[cost]"` prints it; no time is asserted.
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <iostream>

#include "host/host.hpp"

namespace dugout::test {
namespace {

// Of this process and of those that it waited for: how busy the machine is does not matter.
double cpu_microseconds() {
  double all = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used{};
    ::getrusage(who, &used);
    for (const auto& time : {used.ru_utime, used.ru_stime}) {
      all += static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
    }
  }
  return all;
}

double cpu_of_calls(bool isolated, const std::string& text, int calls) {
  const auto begun = cpu_microseconds();

  host::LoadOptions options;
  options.folders = {ISOLATION_ROOT};
  options.isolation = {ISOLATION_CHILD, {}};
  if (!isolated) options.isolation.program.clear();
  options.trust_writable = true;
  core::Findings findings;
  auto generation = host::load(options, findings);
  auto parser = generation->parser("moody_child");
  REQUIRE(parser);
  bool all = true;
  for (int call = 0; call < calls; ++call) all = parser->parse(text, "{}").ok() && all;
  CHECK(all);
  parser.reset();
  generation.reset();  // its children are waited for
  return cpu_microseconds() - begun;
}

double cpu_a_call(bool isolated, const std::string& text, int calls) {
  return (cpu_of_calls(isolated, text, calls) - cpu_of_calls(isolated, text, 0)) / calls;
}

}  // namespace

TEST_CASE("IsolationCost.OfACall", "[.][cost]") {
  for (const std::size_t size : {2'000U, 100'000U}) {
    const auto text = "hello" + std::string(size, 'x');
    const int calls = size > 10'000 ? 1'000 : 10'000;
    const auto here = cpu_a_call(false, text, calls);
    const auto there = cpu_a_call(true, text, calls);
    std::cout << size << " bytes: " << here << " us CPU a call in this process, " << there
              << " us in its own\n";
  }
}

TEST_CASE("IsolationCost.OfAStart", "[.][cost]") {
  const auto here = cpu_of_calls(false, "", 0), there = cpu_of_calls(true, "", 0);
  std::cout << (there - here) / 2000 << " ms CPU for a process to begin and end\n";
}

}  // namespace dugout::test

// What a process of its own costs: `integration_isolation "[cost]"` prints it; no time is asserted.
#include <catch2/catch.hpp>
#include <chrono>
#include <iostream>

#include "host/host.hpp"

namespace dugout::test {
namespace {

double microseconds_a_call(bool isolated, const std::string& text, int calls) {
  host::LoadOptions options;
  options.folders = {ISOLATION_ROOT};
  options.isolation = {ISOLATION_CHILD, {}};
  if (!isolated) options.isolation.program.clear();
  options.trust_writable = true;
  core::Findings findings;
  const auto generation = host::load(options, findings);
  const auto parser = generation->parser("moody_child");
  REQUIRE(parser);
  const auto begun = std::chrono::steady_clock::now();
  for (int call = 0; call < calls; ++call) REQUIRE(parser->parse(text, "{}"));
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begun;
  return took.count() / calls;
}

}  // namespace

TEST_CASE("IsolationCost.OfACall", "[.][cost]") {
  for (const std::size_t size : {2'000U, 1'000'000U}) {
    const auto text = "hello" + std::string(size, 'x');
    const int calls = size > 10'000 ? 200 : 5'000;
    const auto here = microseconds_a_call(false, text, calls);
    const auto there = microseconds_a_call(true, text, calls);
    std::cout << size << " bytes: " << here << " us in this process, " << there
              << " us in its own: " << there - here << " us more\n";
  }
}

TEST_CASE("IsolationCost.OfAStart", "[.][cost]") {
  const auto begun = std::chrono::steady_clock::now();
  for (int start = 0; start < 10; ++start) microseconds_a_call(true, "hello", 1);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
  std::cout << took.count() / 20 << " ms for a process to begin and end\n";
}

}  // namespace dugout::test

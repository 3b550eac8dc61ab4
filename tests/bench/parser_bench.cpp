// What each parser plugin costs on a 2 KB answer, through the boundary.
#include <benchmark/benchmark.h>

#include "support/plugin_harness.hpp"

namespace {

using dugout::test::PluginUnderTest;
using nlohmann::json;

constexpr const char* kSchema =
    R"({"type":"object","required":["agent_final_response","routine_number"],
        "properties":{"agent_final_response":{"type":"string"},"routine_number":{"type":"integer"},
                      "metadata":{"type":"object"}}})";

// About 2 KB: a message, a routine number, collected values.
json answer() {
  json collected = json::object();
  for (int i = 0; i < 12; ++i)
    collected["field_" + std::to_string(i)] = "value " + std::to_string(i * 7);
  std::string message;
  while (message.size() < 1600)
    message += "Thank you. Which team is your child going to play for? ";
  return {{"agent_final_response", message},
          {"routine_number", 12},
          {"metadata", {{"collected", collected}}}};
}

void run(benchmark::State& state, const std::string& id, const std::string& text,
         const char* schema) {
  PluginUnderTest plugin(id);
  if (!plugin.parse(text, schema).done()) state.SkipWithError("the parser refuses the answer");
  for (auto _ : state) benchmark::DoNotOptimize(plugin.parse(text, schema));
  state.counters["bytes"] = static_cast<double>(text.size());
}

void structured_strict(benchmark::State& state) {
  run(state, "parser.structured", answer().dump(), "");
}
BENCHMARK(structured_strict)->Unit(benchmark::kMicrosecond);

void structured_fenced(benchmark::State& state) {
  run(state, "parser.structured", "Here it is:\n```json\n" + answer().dump(2) + "\n```\n", "");
}
BENCHMARK(structured_fenced)->Unit(benchmark::kMicrosecond);

void structured_repaired(benchmark::State& state) {
  auto text = answer().dump();
  text.insert(text.size() - 1, ",");
  run(state, "parser.structured", text, "");
}
BENCHMARK(structured_repaired)->Unit(benchmark::kMicrosecond);

// The harness compiles the schema at each call, which the host does once: read this as an upper
// bound.
void schema_strict(benchmark::State& state) {
  run(state, "parser.schema", answer().dump(), kSchema);
}
BENCHMARK(schema_strict)->Unit(benchmark::kMicrosecond);

void raw_text(benchmark::State& state) {
  run(state, "parser.raw",
      answer()["agent_final_response"].get<std::string>() + std::string(400, 'x'), "");
}
BENCHMARK(raw_text)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();

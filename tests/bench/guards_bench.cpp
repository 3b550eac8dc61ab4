// What the guard rails cost a turn: the look at a model's words, and the cleaning of a request's
// texts.
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>

#include "core/untrusted.hpp"
#include "orchestrator/words_check.hpp"

namespace {

using dugout::orchestrator::WordsCheck;

constexpr auto kReply =
    "Thank you, Helen! I have noted **07700 900123**. And which email address may we use? The club "
    "writes "
    "there when the registration is complete, and once more before the season begins in September.";

const WordsCheck& check() {
  static const auto made = [] {
    dugout::routines::Application club;
    club.settings["club.contact_email"] = "registration@example.org";
    auto& agent = club.agents["helper"];
    for (int i = 0; i < 20; ++i) {
      agent.instructions +=
          "- Put one question after the other, kindly, and never two of them at once.\n";
    }
    return WordsCheck(club, {"https://club.example.net"});
  }();
  return made;
}

std::vector<std::string> history(int messages) {
  std::vector<std::string> out;
  for (int i = 0; i < messages; ++i) out.emplace_back(i % 2 == 0 ? kReply : "It is 07700 900123.");
  return out;
}

// `range`: bytes of the words. They hold a detail, so the session's own texts are read as well.
void words(benchmark::State& state) {
  std::string text;
  while (text.size() < static_cast<std::size_t>(state.range(0))) text += kReply;
  const auto said = history(40);
  const dugout::orchestrator::WordsPlace place{"helper", "", "0123456789abcdef",
                                               [&] { return said; }};
  for (auto _ : state) benchmark::DoNotOptimize(check().look(text, place));
}
BENCHMARK(words)->Arg(200)->Arg(2000)->Unit(benchmark::kMicrosecond);

void words_without_details(benchmark::State& state) {
  const std::string text =
      "Thank you! What is your child's first and last name, as on the passport?";
  const dugout::orchestrator::WordsPlace place{"helper", "", "0123456789abcdef", {}};
  for (auto _ : state) benchmark::DoNotOptimize(check().look(text, place));
}
BENCHMARK(words_without_details)->Unit(benchmark::kMicrosecond);

void history_cleaned(benchmark::State& state) {
  const auto said = history(40);
  for (auto _ : state) {
    for (const auto& text : said) benchmark::DoNotOptimize(dugout::core::defused(text, 16'000));
  }
}
BENCHMARK(history_cleaned)->Unit(benchmark::kMicrosecond);

void value_marked(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(dugout::core::marked("Zoë O'Brien", "0123456789abcdef", 2'000));
  }
}
BENCHMARK(value_marked);

}  // namespace

BENCHMARK_MAIN();

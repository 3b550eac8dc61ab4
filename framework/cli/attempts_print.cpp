#include "cli/attempts_print.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>

namespace dugout::cli {
namespace {

using attempts::Attempt;
using attempts::TargetFigures;

constexpr std::size_t kOutcomeWidth = 15;

template <typename... Values>
std::string shaped(const char* format, Values... values) {
  std::array<char, 200> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

std::string seconds(double ms) {
  return shaped(ms < 10'000.0 ? "%.2f s" : "%.1f s", ms / 1000.0);
}

// Names may come from a file that anybody wrote; their control characters are left out.
std::string column(const std::string& text, std::size_t width) {
  auto out = Style(false).markdown(text);
  out.resize(std::max(out.size(), width), ' ');
  return out;
}

std::string outcome(const Style& style, const Attempt& attempt) {
  const auto shown = column(attempt.outcome, kOutcomeWidth);
  if (attempt.called_back()) return style.dim(shown);
  if (!attempt.good()) return style.bad(shown);
  return attempt.flagged ? style.note(shown) : style.good(shown);
}

// Only what there is: a wait, an HTTP status, tokens, confidence, whose advice.
std::string remarks(const Attempt& attempt) {
  std::string out;
  if (attempt.status != 0) out += "  HTTP " + std::to_string(attempt.status);
  if (attempt.waited_ms > 0.0) {
    out += (attempt.hedge ? "  beside, after " : "  waited ") + seconds(attempt.waited_ms);
  }
  if (attempt.tokens() > 0) out += "  " + std::to_string(attempt.tokens()) + " tokens";
  if (attempt.confidence) out += shaped("  confidence %.2f", *attempt.confidence);
  if (attempt.flagged) out += "  flagged";
  if (!attempt.action.empty() && !attempt.good()) out += "  -> " + attempt.action;
  if (!attempt.advisor.empty() && attempt.advisor != "table") out += " by " + attempt.advisor;
  return out;
}

std::size_t longest_name(const attempts::Summary& summary) {
  std::size_t width = 6;
  for (const auto& [name, figures] : summary.targets()) width = std::max(width, name.size());
  for (const auto& [name, figures] : summary.classes()) width = std::max(width, name.size());
  return width;
}

void print_target(const std::string& name, std::size_t width, const TargetFigures& figures) {
  std::cout << column(name, width)
            << shaped("%9zu %8.1f%% %9.1f%% %9lld %8lld %9.4f %9s %9s %11s", figures.attempts,
                      figures.success_rate() * 100.0, figures.first_try_rate() * 100.0,
                      figures.tokens, figures.wasted_tokens, figures.cost,
                      seconds(attempts::percentile(figures.waits_ms, 0.50)).c_str(),
                      seconds(attempts::percentile(figures.waits_ms, 0.95)).c_str(),
                      seconds(figures.added_per_call_ms()).c_str())
            << "\n";
}

}  // namespace

void print_attempt(const Style& style, const Attempt& attempt) {
  std::cout << style.dim(column(attempt.at, 24)) << "  " << outcome(style, attempt) << " "
            << column(attempt.target, 28) << " " << seconds(attempt.took_ms)
            << column(remarks(attempt), 0) << "  "
            << style.dim(column(attempt.turn, 0) + " " + std::to_string(attempt.call) + "." +
                         std::to_string(attempt.number))
            << "\n";
}

void print_summary(const Style& style, const attempts::Summary& summary) {
  const auto& all = summary.all();
  const auto width = longest_name(summary);
  std::cout << summary.turns() << " turns, " << all.calls << " calls, " << all.attempts
            << " attempts; from memory " << all.from_memory << ", called back " << all.called_back
            << "\n\n"
            << style.bold(column("target", width) +
                          " attempts   success  first try    tokens   wasted      cost  wait p50  "
                          "wait p95  added/call")
            << "\n";
  for (const auto& [name, figures] : summary.targets()) print_target(name, width, figures);
  print_target("all", width, all);
  if (summary.classes().empty()) return;
  std::cout << "\n"
            << style.bold(column("class", width) +
                          " attempts     calls  recovered    wasted      cost  mean time")
            << "\n";
  for (const auto& [name, figures] : summary.classes()) {
    std::cout << style.bad(column(name, width))
              << shaped("%9zu %9zu %10zu %9lld %9.4f %10s", figures.attempts, figures.calls,
                        figures.recovered, figures.wasted_tokens, figures.wasted_cost,
                        seconds(figures.took_ms / static_cast<double>(figures.attempts)).c_str())
              << "\n";
  }
}

}  // namespace dugout::cli

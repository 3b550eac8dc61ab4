#include "cli/estimate_svg.hpp"

#include <algorithm>
#include <cmath>

#include "core/text.hpp"

namespace dugout::cli {
namespace {

// px
constexpr int kWidth = 800, kTop = 84, kRow = 34, kBar = 20, kBottom = 64;
constexpr int kLeft = 190, kLongest = 360;

// No colour stands for itself: text and lines are the current colour, on the reader's ground.
constexpr auto kStyle = R"(<style>
  svg { color: #1b1f24; font: 14px system-ui, sans-serif; }
  .ground { fill: #ffffff; }
  text, .line { fill: currentColor; }
  .quiet { opacity: 0.75; }
  .good { fill: #2563a8; }
  .bad { fill: #b3402a; }
  .sum { fill: currentColor; opacity: 0.16; }
  @media (prefers-color-scheme: dark) {
    svg { color: #e8eaed; }
    .ground { fill: #15181c; }
    .good { fill: #7ab4f5; }
    .bad { fill: #f08a72; }
  }
</style>
)";

std::string text(int x, double y, const std::string& words, const std::string& rest = "") {
  return "<text x=\"" + std::to_string(x) + "\" y=\"" + figure(y, 1) + "\"" + rest + ">" + words +
         "</text>\n";
}

std::string bar(double y, double share, const std::string& kind) {
  // A pixel at least: what is rare is not what never happens.
  const double width = share > 0.0 ? std::max(share * kLongest, 1.0) : 0.0;
  return "<rect class=\"" + kind + "\" x=\"" + std::to_string(kLeft) + "\" y=\"" + figure(y, 1) +
         "\" width=\"" + figure(width, 2) + "\" height=\"" + std::to_string(kBar) +
         "\" rx=\"2\"/>\n";
}

std::string percent(double share) {
  return figure(share * 100.0, share > 0.0 && share < 0.01 ? 4 : 2) + " %";
}

std::string name_of(const pipeline::Ending& ending) {
  if (!ending.success) return "all " + std::to_string(ending.attempts) + " fail";
  return ending.attempts == 1 ? "attempt 1" : "attempt " + std::to_string(ending.attempts);
}

std::string summary(const pipeline::Estimate& estimate) {
  return "mean " + figure(estimate.latency, 2) + " s, p50 " + figure(estimate.p50, 2) + " s, p95 " +
         figure(estimate.p95, 2) + " s, p99 " + figure(estimate.p99, 2) + " s";
}

std::string described(const pipeline::Estimate& estimate) {
  std::string out = "How calls end: ";
  for (const auto& ending : estimate.endings) {
    out += name_of(ending) + " after " + figure(ending.latency, 2) + " s, " +
           percent(ending.probability) + "; ";
  }
  return out + summary(estimate) + ".";
}

std::string rows(const pipeline::Estimate& estimate) {
  std::string out;
  double sum = 0.0;
  for (std::size_t i = 0; i < estimate.endings.size(); ++i) {
    const auto& ending = estimate.endings[i];
    const double y = kTop + static_cast<double>(i) * kRow;
    const double line = y + kBar - 5;
    sum = std::min(1.0, sum + ending.probability);
    out += text(kLeft - 10, line, name_of(ending) + ", " + figure(ending.latency, 2) + " s",
                " text-anchor=\"end\"");
    out += bar(y, sum, "sum") + bar(y, ending.probability, ending.success ? "good" : "bad");
    out += text(kLeft + kLongest + 12, line,
                percent(ending.probability) + "  (together " + percent(sum) + ")");
  }
  return out;
}

}  // namespace

std::string figure(double value, int digits) {
  auto shown = core::fixed(value, digits);
  if (digits == 0) return shown;
  shown.erase(shown.find_last_not_of('0') + 1);
  if (shown.back() == '.') shown.pop_back();
  return shown == "-0" ? "0" : shown;
}

std::string estimate_svg(const pipeline::EstimateQuestion& question,
                         const pipeline::Estimate& estimate) {
  const int height = kTop + kRow * static_cast<int>(estimate.endings.size()) + kBottom;
  const auto size = std::to_string(kWidth) + " " + std::to_string(height);
  const auto title = "Latency of a call at a success rate of " + percent(question.success_rate);
  std::string out =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + size + "\" width=\"" +
      std::to_string(kWidth) + "\" height=\"" + std::to_string(height) +
      "\" role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">" + title +
      "</title>\n<desc id=\"desc\">" + described(estimate) + "</desc>\n" + kStyle;
  out += "<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n";
  out += text(24, 34, title, " font-size=\"18\" font-weight=\"600\"");
  out += text(24, 58,
              "an attempt takes " + figure(question.latency, 2) + " s, " +
                  std::to_string(estimate.waits.size()) +
                  (estimate.waits.size() == 1 ? " retry" : " retries"),
              " class=\"quiet\"");
  out += rows(estimate);
  out += text(24, height - 36, summary(estimate));
  out += text(24, height - 16, "strong: calls that end here; faint: all that have ended by then",
              " class=\"quiet\"");
  return out + "</svg>\n";
}

}  // namespace dugout::cli

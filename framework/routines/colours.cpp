#include "routines/colours.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace dugout::routines {
namespace {

constexpr auto kBlack = "#000000";
constexpr auto kWhite = "#ffffff";
constexpr auto kDarkCard = "#18223a";

using Channels = std::array<int, 3>;

Channels channels(std::string_view colour) {
  const auto number = std::strtol(std::string(colour.substr(1)).c_str(), nullptr, 16);
  return {static_cast<int>(number >> 16), static_cast<int>(number >> 8 & 0xff),
          static_cast<int>(number & 0xff)};
}

double linear(int channel) {
  const double share = channel / 255.0;
  return share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
}

double luminance(std::string_view colour) {
  const auto parts = channels(colour);
  return 0.2126 * linear(parts[0]) + 0.7152 * linear(parts[1]) + 0.0722 * linear(parts[2]);
}

std::string text_on(const std::string& colour) {
  return contrast(colour, kWhite) >= contrast(colour, kBlack) ? kWhite : kBlack;
}

// Towards white in small steps, until it stands out from the dark ground and carries text well.
std::string lightened(const std::string& colour) {
  constexpr double kSeen = 3.2, kReadable = 5.0;
  auto parts = channels(colour);
  std::array<char, 8> text{};
  std::string found = colour;
  const auto will_do = [](const std::string& one) {
    return contrast(one, kDarkCard) >= kSeen && contrast(one, text_on(one)) >= kReadable;
  };
  for (int step = 0; step < 40 && !will_do(found); ++step) {
    for (int& part : parts) part += (255 - part + 11) / 12;
    std::snprintf(text.data(), text.size(), "#%02x%02x%02x", std::min(parts[0], 255),
                  std::min(parts[1], 255), std::min(parts[2], 255));
    found = text.data();
  }
  return found;
}

}  // namespace

bool is_colour(std::string_view text) {
  return text.size() == 7 && text.front() == '#' &&
         text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string_view::npos;
}

double contrast(std::string_view one, std::string_view other) {
  const double a = luminance(one), b = luminance(other);
  return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

std::string one_decimal(double number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", std::floor(number * 10.0) / 10.0);
  return text.data();
}

void derive_colours(const std::map<std::string, std::string>& own,
                    std::map<std::string, std::string>& all) {
  const auto chosen = [&own](const std::string& key, std::string fallback) {
    const auto found = own.find(key);
    return found == own.end() ? std::move(fallback) : found->second;
  };
  all["main"] = chosen("main", "#12408f");
  all["accent"] = chosen("accent", "#ffd23f");
  all["main_dark"] = chosen("main_dark", lightened(all["main"]));
  all["accent_dark"] = chosen("accent_dark", all["accent"]);
  for (const std::string key : {"main", "accent", "main_dark", "accent_dark"}) {
    all["on_" + key] = chosen("on_" + key, text_on(all[key]));
  }
}

}  // namespace dugout::routines

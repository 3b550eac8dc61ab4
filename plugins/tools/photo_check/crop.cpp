#include "crop.hpp"

#include <cstdint>

namespace picture {
namespace {

constexpr Size kLargeFrom{2000, 2500}, kLarge{1200, 1500};
constexpr int kFromTheTop = 30;  // % of what is too tall

}  // namespace

Size target_size(Size from, const Steps& steps) {
  if (from.width > kLargeFrom.width || from.height > kLargeFrom.height) return kLarge;
  if (from.width < steps.small.width || from.height < steps.small.height) return steps.small;
  return steps.usual;
}

Box crop_box(Size from, Size target) {
  // 64 bits: a side may have ten thousands of pixels.
  const std::int64_t width = from.width, height = from.height;
  const std::int64_t across = target.width, down = target.height;
  if (width * down > height * across) {
    const auto kept = static_cast<int>(height * across / down);
    const int left = (from.width - kept) / 2;
    return {left, 0, left + kept, from.height};
  }
  const auto kept = static_cast<int>(width * down / across);
  const int top = (from.height - kept) * kFromTheTop / 100;
  return {0, top, from.width, top + kept};
}

}  // namespace picture

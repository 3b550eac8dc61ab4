// The figures of the FA player portal: 4:5 in three sizes. Pure arithmetic. [any]
#pragma once

namespace picture {

struct Size {
  int width = 0, height = 0;
  friend bool operator==(const Size&, const Size&) = default;
};

struct Box {
  int left = 0, top = 0, right = 0, bottom = 0;  // right and bottom are outside
  int width() const { return right - left; }
  int height() const { return bottom - top; }
  friend bool operator==(const Box&, const Box&) = default;
};

struct Steps {
  Size small{600, 750}, usual{800, 1000};
};

// What a picture of this size becomes. Both take the size after its orientation was applied.
Size target_size(Size from, const Steps& steps = {});

// What of it is kept: the sides go equally, but more from the bottom than from above the head.
Box crop_box(Size from, Size target);

}  // namespace picture

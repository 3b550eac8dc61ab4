// One picture through libvips: its header first, its pixels only when asked for. [worker]; an
// object belongs to one thread, any number of threads may have their own.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "crop.hpp"
#include "dugout/sdk/outcome.hpp"
#include "picture_type.hpp"

struct _VipsImage;

namespace picture {

// libvips for as long as this lives; needed before any picture is opened. [load]
class Library {
 public:
  Library();  // throws std::runtime_error when libvips cannot be used
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

 private:
  unsigned silence_ = 0;
};

// What libvips keeps for the calling thread goes; cheap, and the thread may use it again.
void leave_thread();

struct Encoding {
  int quality = 85, least_quality = 70;
  std::size_t bytes = 500 * 1024;  // what a lower quality is tried for
};

class Picture {
 public:
  // Reads the header alone. `bytes` must outlive the picture. kInvalid: not a picture of this type.
  static dugout::Outcome<Picture> open(Type type, std::string_view bytes);

  Size size() const;   // as it is looked at: the orientation of the camera is applied
  bool moves() const;  // it has several frames

  // Decodes all of it, and gives what is inside `box` at the size `target`, upright, in sRGB,
  // without alpha. kInvalid: it is damaged or cut off.
  dugout::Outcome<Picture> prepare(Box box, Size target) const;

  // A JPEG without any metadata. kInvalid: it could not be made.
  dugout::Outcome<std::string> jpeg(const Encoding& encoding) const;

 private:
  struct Unref {
    void operator()(_VipsImage* image) const;
  };
  using Image = std::unique_ptr<_VipsImage, Unref>;

  explicit Picture(_VipsImage* image) : image_(image) {}
  dugout::Outcome<std::string> encode(int quality) const;

  Image image_;
};

}  // namespace picture

#include "picture.hpp"

#include <dlfcn.h>
#include <vips/vips.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace picture {
namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;

// libvips keeps its reasons in a buffer of the whole process; nobody reads them here.
Error invalid(const char* what) {
  vips_error_clear();
  return Error{Code::kInvalid, what};
}

// Complaints about broken pictures would go to stderr; the refusal says enough.
void say_nothing(const gchar*, GLogLevelFlags, const gchar*, gpointer) {}

// GLib's types cannot be registered a second time, so the library stays when this plugin goes.
bool pinned() {
  Dl_info about{};
  if (dladdr(reinterpret_cast<void*>(&vips_init), &about) == 0) return false;
  return dlopen(about.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE) != nullptr;
}

// Steps from one image to the next: each result is owned here, and the first failure stays.
class Chain {
 public:
  explicit Chain(VipsImage* first) { add(first); }
  ~Chain() {
    for (auto* image : images_) g_object_unref(image);
  }
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  VipsImage* last() const { return images_.back(); }
  bool good() const { return good_; }

  // `step` takes (in, out) and gives 0 when it worked.
  template <typename Step>
  void then(Step step) {
    VipsImage* out = nullptr;
    good_ = good_ && step(last(), &out) == 0;
    if (good_) images_.push_back(out);
  }
  // The same, but what does not work is left out.
  template <typename Step>
  bool perhaps(Step step) {
    VipsImage* out = nullptr;
    if (!good_ || step(last(), &out) != 0) return false;
    images_.push_back(out);
    return true;
  }

 private:
  void add(VipsImage* image) {
    g_object_ref(image);
    images_.push_back(image);
  }

  std::vector<VipsImage*> images_;
  bool good_ = true;
};

int load(Type type, std::string_view bytes, VipsImage** out) {
  // The buffer is only read.
  auto* data = const_cast<char*>(bytes.data());
  const auto size = bytes.size();
  const auto access = VIPS_ACCESS_SEQUENTIAL;
  const auto fail_on = VIPS_FAIL_ON_ERROR;
  switch (type) {
    case Type::kJpeg:
      return vips_jpegload_buffer(data, size, out, "access", access, "fail_on", fail_on, nullptr);
    case Type::kPng:
      return vips_pngload_buffer(data, size, out, "access", access, "fail_on", fail_on, nullptr);
    case Type::kWebp:
      return vips_webpload_buffer(data, size, out, "access", access, "fail_on", fail_on, nullptr);
    case Type::kHeic:
      return vips_heifload_buffer(data, size, out, "access", access, "fail_on", fail_on, nullptr);
    case Type::kOther:
      break;
  }
  return -1;
}

bool lies_down(VipsImage* image) {
  return vips_image_get_orientation_swap(image) != 0;
}

bool is_16_bit(VipsImage* image) {
  const auto kind = vips_image_guess_interpretation(image);
  return kind == VIPS_INTERPRETATION_RGB16 || kind == VIPS_INTERPRETATION_GREY16;
}

int on_white(VipsImage* in, VipsImage** out) {
  const double white = is_16_bit(in) ? 65535 : 255;
  auto* background = vips_array_double_newv(1, white);
  const int failed = vips_flatten(in, out, "background", background, "max_alpha", white, nullptr);
  vips_area_unref(VIPS_AREA(background));
  return failed;
}

int to_srgb_by_profile(VipsImage* in, VipsImage** out) {
  return vips_icc_transform(in, out, "srgb", "embedded", TRUE, "depth", 8, nullptr);
}

int to_srgb(VipsImage* in, VipsImage** out) {
  return vips_colourspace(in, out, VIPS_INTERPRETATION_sRGB, nullptr);
}

// A copy in memory: everything before it has been computed then, and has shown its faults.
int into_memory(VipsImage* in, VipsImage** out) {
  *out = vips_image_copy_memory(in);
  return *out == nullptr ? -1 : 0;
}

}  // namespace

Library::Library() {
  if (!pinned() || VIPS_INIT("dugout") != 0) throw std::runtime_error("libvips cannot be started");
  silence_ = g_log_set_handler("VIPS", G_LOG_LEVEL_MASK, &say_nothing, nullptr);
  vips_concurrency_set(1);         // one thread a picture; the server has its own
  vips_cache_set_max(0);           // pictures of children are not kept in memory
  vips_block_untrusted_set(TRUE);  // only loaders that are fuzzed
}

Library::~Library() {
  g_log_remove_handler("VIPS", silence_);
}

void leave_thread() {
  vips_thread_shutdown();
}

void Picture::Unref::operator()(_VipsImage* image) const {
  g_object_unref(image);
}

Outcome<Picture> Picture::open(Type type, std::string_view bytes) {
  VipsImage* image = nullptr;
  if (load(type, bytes, &image) != 0) return invalid("the header cannot be read");
  return Picture(image);
}

Size Picture::size() const {
  const Size stored{vips_image_get_width(image_.get()), vips_image_get_height(image_.get())};
  return lies_down(image_.get()) ? Size{stored.height, stored.width} : stored;
}

bool Picture::moves() const {
  return vips_image_get_n_pages(image_.get()) > 1;
}

Outcome<Picture> Picture::prepare(Box box, Size target) const {
  // All of the picture is read, row by row, on its way to the small size: little memory, and no
  // damaged part goes unseen. What must be turned or cut is small by then.
  double across = static_cast<double>(target.width) / box.width();
  double down = static_cast<double>(target.height) / box.height();
  const auto whole = size();
  const int left = static_cast<int>(box.left * across), top = static_cast<int>(box.top * down);
  if (lies_down(image_.get())) std::swap(across, down);
  Chain chain(image_.get());
  if (vips_image_hasalpha(chain.last())) chain.then(on_white);
  if (across != 1.0 || down != 1.0) {
    chain.then([&](VipsImage* in, VipsImage** out) {
      return vips_resize(in, out, across, "vscale", down, "kernel", VIPS_KERNEL_LANCZOS3, nullptr);
    });
  }
  chain.then(into_memory);
  chain.then([](VipsImage* in, VipsImage** out) { return vips_autorot(in, out, nullptr); });
  if (Box{0, 0, whole.width, whole.height} != box) {
    chain.then([&](VipsImage* in, VipsImage** out) {
      const int x = std::clamp(left, 0, std::max(0, in->Xsize - target.width));
      const int y = std::clamp(top, 0, std::max(0, in->Ysize - target.height));
      return vips_crop(in, out, x, y, std::min(target.width, in->Xsize),
                       std::min(target.height, in->Ysize), nullptr);
    });
  }
  const bool profiled = vips_image_get_typeof(chain.last(), VIPS_META_ICC_NAME) != 0 &&
                        chain.perhaps(to_srgb_by_profile);
  if (!profiled) chain.then(to_srgb);
  chain.then(into_memory);
  if (!chain.good()) return invalid("the pixels cannot be read");
  g_object_ref(chain.last());
  return Picture(chain.last());
}

Outcome<std::string> Picture::encode(int quality) const {
  void* data = nullptr;
  std::size_t size = 0;
  if (vips_jpegsave_buffer(image_.get(), &data, &size, "Q", quality, "strip", TRUE,
                           "optimize_coding", TRUE, nullptr) != 0) {
    return invalid("the JPEG cannot be written");
  }
  std::string bytes(static_cast<const char*>(data), size);
  g_free(data);
  return bytes;
}

Outcome<std::string> Picture::jpeg(const Encoding& encoding) const {
  constexpr int kFineEnough = 5;
  auto best = encode(encoding.quality);
  if (!best || best->size() <= encoding.bytes) return best;
  best = Error{Code::kNotFound, "none small enough yet"};
  int low = encoding.least_quality, high = encoding.quality;
  while (high - low > kFineEnough) {
    const int middle = (low + high) / 2;
    auto tried = encode(middle);
    if (!tried) return tried;
    const bool fits = tried->size() <= encoding.bytes;
    (fits ? low : high) = middle;
    if (fits) best = std::move(tried);
  }
  return best ? std::move(best) : encode(encoding.least_quality);
}

}  // namespace picture

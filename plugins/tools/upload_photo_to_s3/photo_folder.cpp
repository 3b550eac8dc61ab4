#include "photo_folder.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "files/private_file.hpp"

namespace photo {

using dugout::Code;
using dugout::Done;
using dugout::Error;

std::string random_name() {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::array<unsigned char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw std::runtime_error("no random bytes");
  }
  std::string out;
  for (const auto byte : bytes) {
    out += kHex[byte >> 4];
    out += kHex[byte & 0xf];
  }
  return out;
}

bool LocalFolder::has(const std::string& name) const {
  return ::access((folder_ + "/" + name).c_str(), F_OK) == 0;
}

dugout::Status LocalFolder::put(const std::string& name, std::string_view content) const {
  const bool there = files::make_private_folder(folder_);
  if (there && files::write_whole(folder_ + "/" + name, content)) return Done{};
  return Error{Code::kUnavailable, "the photo folder cannot be written"};
}

}  // namespace photo

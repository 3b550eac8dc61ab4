// Where photos are kept: a folder, or a bucket of an S3-compatible store. A photo is there as a
// whole or not at all. [worker]; one name is written by one call at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dugout/sdk/outcome.hpp"
#include "photo_folder.hpp"
#include "s3/bucket.hpp"

namespace photo {

struct Photo {
  std::string name;  // 32 hexadecimal digits and the extension
  std::string content_type;
  std::uint64_t bytes = 0;
  s3::Pairs about;  // what the store notes beside it: no names of people
};

class Store {
 public:
  virtual ~Store() = default;
  // `noted`: an earlier call has written down that it is there.
  virtual bool has(const Photo& photo, bool noted) = 0;
  // kUnavailable: a repeat may succeed; kInvalid: this photo is not taken; kRefused: somebody has
  // to mend the settings. The message is the operator's.
  virtual dugout::Status put(const Photo& photo, const std::string& content) = 0;
  virtual std::string link(const std::string& name) const = 0;
};

std::unique_ptr<Store> folder_store(std::string folder);
// REQUIRES: nothing is missing in `settings`.
std::unique_ptr<Store> bucket_store(const s3::Settings& settings, dugout::sdk::Host host);

}  // namespace photo

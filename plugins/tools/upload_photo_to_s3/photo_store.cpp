#include "photo_store.hpp"

namespace photo {
namespace {

class FolderStore final : public Store {
 public:
  explicit FolderStore(std::string folder) : folder_(std::move(folder)) {}

  // A look costs nothing, so what is noted need not be believed.
  bool has(const Photo& photo, bool /*noted*/) override { return folder_.has(photo.name); }
  dugout::Status put(const Photo& photo, const std::string& content) override {
    return folder_.put(photo.name, content);
  }
  std::string link(const std::string& name) const override { return "photo:" + name; }

 private:
  LocalFolder folder_;
};

class BucketStore final : public Store {
 public:
  BucketStore(const s3::Settings& settings, dugout::sdk::Host host)
      : prefix_(settings.prefix), bucket_(settings, host) {}

  bool has(const Photo& photo, bool noted) override {
    if (noted) return true;
    const auto size = bucket_.size(prefix_ + photo.name);
    return size && *size == photo.bytes;
  }

  dugout::Status put(const Photo& photo, const std::string& content) override {
    return bucket_.put({prefix_ + photo.name, photo.content_type, photo.about}, content);
  }

  // Records take no unencrypted address; a store without TLS is one on the club's own machine, and
  // its photos are known by name.
  std::string link(const std::string& name) const override {
    const auto address = bucket_.address(prefix_ + name);
    return address.starts_with("https://") ? address : "photo:" + name;
  }

 private:
  const std::string prefix_;
  s3::Bucket bucket_;
};

}  // namespace

std::unique_ptr<Store> folder_store(std::string folder) {
  return std::make_unique<FolderStore>(std::move(folder));
}

std::unique_ptr<Store> bucket_store(const s3::Settings& settings, dugout::sdk::Host host) {
  return std::make_unique<BucketStore>(settings, host);
}

}  // namespace photo

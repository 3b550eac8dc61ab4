// One bucket of an S3-compatible store, over the host's http/1. What a server tells about its clock
// and the bucket's region is kept for the calls that follow. Safe from any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "dugout/sdk/http.hpp"
#include "s3/settings.hpp"

namespace s3 {

struct Object {
  std::string key;           // UTF-8, without a '/' in front
  std::string content_type;  // "image/jpeg"
  Pairs metadata;            // names without "x-amz-meta-"; values are percent-encoded
};

// Errors: kUnavailable = the store may take it later; kRefused = the operator has to mend settings,
// rights or the bucket; kInvalid = this object is not taken. The message is the operator's cause.
class Bucket {
 public:
  // REQUIRES: nothing is missing in `settings`.
  Bucket(Settings settings, dugout::sdk::Host host)
      : settings_(std::move(settings)), host_(host), region_(settings_.region) {}

  // [worker] Private, and there as a whole when it returns done. A repeat overwrites.
  dugout::Status put(const Object& object, const std::string& body);
  // [worker] Bytes of an object; any error when it is not there, or cannot be asked for.
  dugout::Outcome<std::uint64_t> size(const std::string& key);

  // [any] The object's address; only its owner may use it.
  std::string address(std::string_view key) const;
  // [any] The same, for anybody, for settings.link_expires_s seconds from `unix_ms` on.
  std::string presigned(std::string_view key, std::int64_t unix_ms) const;

 private:
  struct Place {
    std::string scheme, host, path;
  };
  struct Wanted {
    std::string method, key;
    Pairs headers;
    const std::string& body;
  };

  Place place(std::string_view key, const std::string& region) const;
  std::string region() const;
  std::int64_t now() const;
  dugout::sdk::HttpCall signed_call(const Wanted& wanted) const;
  dugout::Outcome<dugout::sdk::HttpAnswer> exchange(const Wanted& wanted);
  bool learn_clock(const dugout::sdk::HttpAnswer& answer);
  bool learn_region(const dugout::sdk::HttpAnswer& answer);

  const Settings settings_;
  const dugout::sdk::Host host_;
  mutable std::mutex mutex_;          // guards the two below
  std::int64_t clock_offset_ms_ = 0;  // server's clock less ours
  std::string region_;
};

}  // namespace s3

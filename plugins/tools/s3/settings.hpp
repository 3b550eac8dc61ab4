// The block `photos` of the services: where photos are kept. Read and checked in one place for all
// tools that touch them. [load]
#pragma once

#include <string>
#include <string_view>

#include "dugout/sdk/host.hpp"
#include "s3/signature.hpp"

namespace s3 {

struct Settings {
  bool remote = false;   // backend: s3; else a folder
  std::string endpoint;  // http(s)://host[:port]; empty = Amazon's, by region
  std::string region, bucket;
  bool path_style = false;  // the bucket stands in the path, not in the host's name
  std::string prefix;       // in front of each object's name
  Credentials credentials;
  std::string sse;  // value of x-amz-server-side-encryption; empty = the bucket's own rule
  int link_expires_s = 3600;
  std::string missing;  // settings that backend s3 needs and has not, for the log
};

// `config`: a plugin's whole config, of which the member "photos" is read. Throws
// std::runtime_error with the reason when the block breaks its schema.
Settings read_settings(std::string_view config, const dugout::sdk::Host& host);

}  // namespace s3

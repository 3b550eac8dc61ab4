// The block `addresses` of the services: where addresses are looked up. Read and checked in one
// place for the tools that do. [load]
#pragma once

#include <string>
#include <string_view>

#include "dugout/sdk/host.hpp"

namespace google {

struct Settings {
  bool remote = false;  // backend: google; else the tables of the club
  std::string api_key;
  std::string places_url = "https://places.googleapis.com";
  std::string validation_url = "https://addressvalidation.googleapis.com";
};

// `config`: a plugin's whole config, of which the member "addresses" is read. Throws
// std::runtime_error with the reason when the block breaks its schema. A key that is missing is
// only a warning in the log.
Settings read_settings(std::string_view config, const dugout::sdk::Host& host);

}  // namespace google

// Where a model's words may link to: `links:` of dugout.yaml. Plain values. [any]
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dugout::config {

struct LinkSettings {
  std::vector<std::string> allow;  // hosts, besides public_url's and those in the club's own texts
};

// "www.example.org", "example.org:8443", "*.example.org": lower case, no scheme and no path.
bool is_link_host(std::string_view host);

}  // namespace dugout::config

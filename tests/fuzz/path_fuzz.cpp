// Paths of requests against the routes that have places, and ids in them.
#include "http/route_path.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

FUZZ_TARGET(path) {
  for (const auto* pattern : {"/webhooks/{name}", "/upload-status/{upload_id}", "/{page}/{id}",
                              "/api/sessions/{id}/attempts", "/"}) {
    const auto parts = http::fit_path(pattern, input);
    if (!parts) continue;
    for (const auto& [name, part] : *parts) {
      require(!part.empty() && part.find('/') == part.npos, "a place takes one part of a path");
      require(input.find(part) != input.npos, "as it was sent");
    }
  }
  if (!http::is_path_id(input)) return;
  require(!input.empty() && input.size() <= 100, "an id is short");
  require(input.find_first_of("./\\%") == input.npos, "and leads nowhere else");
}

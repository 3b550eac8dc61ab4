// The web pages and what they load, as Vite built them, inside the program. [worker]
#pragma once

#include <string_view>

#include "http/endpoints.hpp"

namespace dugout::http {

struct BundledFile {
  std::string_view type, bytes;
  std::string_view gzip;  // the same, packed; "" = packing would not pay
  std::string_view etag;  // with its quotes
};

// The file at an address such as "/assets/chat-B3LPTY_w.css"; a page is "/chat/index.html".
const BundledFile* bundled(std::string_view path);

// Serves it: packed for whoever takes that, nothing at all (304) for whoever has it. What stands
// below /assets/ is named by its content and is kept for ever; the rest is asked for again.
// REQUIRES: there is a file at `path`.
void serve_bundled(std::string_view path, Exchange& exchange);

// Route: /assets/{name}.
bool is_asset(Service& service, const PathParts& parts);
void serve_asset(Service& service, Exchange& exchange);

// Does a header's list (Accept-Encoding) take gzip? "gzip;q=0" does not.
bool takes_gzip(std::string_view accepted);
// Does a header's list of entity tags (If-None-Match) name this one?
bool names_tag(std::string_view list, std::string_view etag);

}  // namespace dugout::http

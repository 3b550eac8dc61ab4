// Paths with places in them: "/webhooks/{name}" fits "/webhooks/gocardless" with name =
// "gocardless". A place takes one part of a path, whole and not empty. [any]
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dugout::http {

using PathParts = std::map<std::string, std::string, std::less<>>;

// What stands in the places of `pattern`, as it was sent; nullopt when `path` does not fit.
std::optional<PathParts> fit_path(std::string_view pattern, std::string_view path);

// 1 to `most` of A-Z a-z 0-9 _ -: what ids in our addresses are made of.
bool is_path_id(std::string_view text, std::size_t most = 100);

}  // namespace dugout::http

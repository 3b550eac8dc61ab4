// References inside a schema: URI resolution (RFC 3986, section 5) and JSON pointers (RFC 6901).
// Private to config. [any]
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dugout::config {

// `reference` as seen from `base`; the fragment of the result is that of the reference.
std::string resolve_uri(std::string_view base, std::string_view reference);

struct SplitUri {
  std::string resource;  // without fragment
  std::string fragment;  // percent-decoded, without '#'
};
SplitUri split_uri(std::string_view uri);

// The tokens of "/a~1b/0"; nullopt when it is no JSON pointer.
std::optional<std::vector<std::string>> pointer_tokens(std::string_view pointer);

std::string escape_token(std::string_view token);  // '~' and '/' for use in a JSON pointer

}  // namespace dugout::config

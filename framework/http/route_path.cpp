#include "http/route_path.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace dugout::http {

std::optional<PathParts> fit_path(std::string_view pattern, std::string_view path) {
  const auto wanted = core::split(pattern, '/');
  const auto sent = core::split(path, '/');
  if (wanted.size() != sent.size()) return std::nullopt;
  PathParts parts;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto& want = wanted[i];
    const bool place = want.size() > 2 && want.front() == '{' && want.back() == '}';
    if (place ? sent[i].empty() : sent[i] != want) return std::nullopt;
    if (place) parts[want.substr(1, want.size() - 2)] = sent[i];
  }
  return parts;
}

bool is_path_id(std::string_view text, std::size_t most) {
  if (text.empty() || text.size() > most) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

}  // namespace dugout::http

// URI references by the algorithm of RFC 3986, 5.2, on views of the parts.
#include "config/schema_uri.hpp"

#include <cctype>
#include <charconv>

namespace dugout::config {
namespace {

struct Parts {
  std::string_view scheme, authority, path, query, fragment;
  bool has_authority = false, has_query = false, has_fragment = false;
};

bool scheme_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' || c == '.';
}

std::string_view take_scheme(std::string_view& uri) {
  std::size_t at = 0;
  while (at < uri.size() && scheme_character(uri[at])) ++at;
  const bool letter = !uri.empty() && std::isalpha(static_cast<unsigned char>(uri[0])) != 0;
  if (!letter || at >= uri.size() || uri[at] != ':') return {};
  const auto scheme = uri.substr(0, at);
  uri.remove_prefix(at + 1);
  return scheme;
}

Parts parts_of(std::string_view uri) {
  Parts parts;
  if (const auto hash = uri.find('#'); hash != uri.npos) {
    parts.has_fragment = true;
    parts.fragment = uri.substr(hash + 1);
    uri = uri.substr(0, hash);
  }
  parts.scheme = take_scheme(uri);
  if (const auto question = uri.find('?'); question != uri.npos) {
    parts.has_query = true;
    parts.query = uri.substr(question + 1);
    uri = uri.substr(0, question);
  }
  if (uri.substr(0, 2) == "//") {
    uri.remove_prefix(2);
    parts.has_authority = true;
    parts.authority = uri.substr(0, uri.find('/'));
    uri.remove_prefix(parts.authority.size());
  }
  parts.path = uri;
  return parts;
}

// "/a/./b/../c" -> "/a/c"
std::string without_dots(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const auto next = path.find('/', 1);
    const auto segment = path.substr(0, next);
    path.remove_prefix(segment.size());
    if (segment == "/." || segment == "." || segment == "/.." || segment == "..") {
      if (segment.size() > 1 && segment.substr(segment.size() - 2) == "..") {
        out.erase(out.rfind('/') == std::string::npos ? 0 : out.rfind('/'));
      }
      if (path.empty() && segment[0] == '/') out += '/';
    } else {
      out += segment;
    }
  }
  return out;
}

std::string merged(const Parts& base, std::string_view path) {
  if (base.has_authority && base.path.empty()) return "/" + std::string(path);
  const auto slash = base.path.rfind('/');
  return std::string(slash == base.path.npos ? std::string_view{}
                                             : base.path.substr(0, slash + 1)) +
         std::string(path);
}

std::string joined(const Parts& parts, const std::string& path) {
  std::string out;
  if (!parts.scheme.empty()) out += std::string(parts.scheme) + ":";
  if (parts.has_authority) out += "//" + std::string(parts.authority);
  out += path;
  if (parts.has_query) out += "?" + std::string(parts.query);
  if (parts.has_fragment) out += "#" + std::string(parts.fragment);
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned value = 0;
    if (text[at] == '%' && at + 2 < text.size()) {
      const auto digits = text.substr(at + 1, 2);
      const auto result = std::from_chars(digits.data(), digits.data() + 2, value, 16);
      if (result.ec == std::errc{} && result.ptr == digits.data() + 2) {
        out += static_cast<char>(value);
        at += 2;
        continue;
      }
    }
    out += text[at];
  }
  return out;
}

}  // namespace

std::string resolve_uri(std::string_view base_text, std::string_view reference) {
  auto target = parts_of(reference);
  if (!target.scheme.empty()) return joined(target, without_dots(target.path));
  const auto base = parts_of(base_text);
  target.scheme = base.scheme;
  if (target.has_authority) return joined(target, without_dots(target.path));
  target.has_authority = base.has_authority;
  target.authority = base.authority;
  if (target.path.empty()) {
    if (!target.has_query) {
      target.has_query = base.has_query;
      target.query = base.query;
    }
    return joined(target, std::string(base.path));
  }
  if (target.path[0] == '/') return joined(target, without_dots(target.path));
  return joined(target, without_dots(merged(base, target.path)));
}

SplitUri split_uri(std::string_view uri) {
  const auto hash = uri.find('#');
  if (hash == uri.npos) return {std::string(uri), {}};
  return {std::string(uri.substr(0, hash)), percent_decoded(uri.substr(hash + 1))};
}

std::optional<std::vector<std::string>> pointer_tokens(std::string_view pointer) {
  std::vector<std::string> tokens;
  if (pointer.empty()) return tokens;
  if (pointer[0] != '/') return std::nullopt;
  for (std::size_t at = 0; at < pointer.size(); ++at) {
    if (pointer[at] == '/') {
      tokens.emplace_back();
    } else if (pointer[at] == '~') {
      if (at + 1 >= pointer.size() || (pointer[at + 1] != '0' && pointer[at + 1] != '1')) {
        return std::nullopt;
      }
      tokens.back() += pointer[++at] == '0' ? '~' : '/';
    } else {
      tokens.back() += pointer[at];
    }
  }
  return tokens;
}

std::string escape_token(std::string_view token) {
  std::string out;
  for (const char c : token) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

}  // namespace dugout::config

#include "core/json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace dugout::core {
namespace {

// Offset of the bracket that goes too deep, or npos. Strings are skipped.
std::size_t too_deep_at(std::string_view text, int limit) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') {
        ++at;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > limit) return at;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return std::string_view::npos;
}

std::string place(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, std::min(offset, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto line_feed = before.rfind('\n');
  const auto line_start = line_feed == before.npos ? 0 : line_feed + 1;
  return "line " + std::to_string(line) + ", column " +
         std::to_string(before.size() - line_start + 1);
}

// The library's words without its own code and place, and without what it read: that may be what
// a user or a provider wrote. "[json.exception...] parse error at ...: WHAT; last read: '...'"
std::string reason(const std::string& what) {
  const auto colon = what.find(": ");
  const auto start = colon == std::string::npos ? 0 : colon + 2;
  const auto end = what.find("; last read", start);
  return what.substr(start, end == std::string::npos ? end : end - start);
}

}  // namespace

Outcome<Json> parse_json(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.bytes) {
    return Error{Code::kInvalid, "the text has " + std::to_string(text.size()) +
                                     " bytes; at most " + std::to_string(limits.bytes) +
                                     " are read"};
  }
  if (const auto at = too_deep_at(text, limits.depth); at != text.npos) {
    return Error{Code::kMalformed, place(text, at) + ": nested deeper than " +
                                       std::to_string(limits.depth) + " levels"};
  }
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const auto code = error.byte > text.size() ? Code::kTruncated : Code::kMalformed;
    return Error{code,
                 place(text, error.byte > 0 ? error.byte - 1 : 0) + ": " + reason(error.what())};
  } catch (const Json::exception&) {
    return Error{Code::kMalformed, "a number is too large"};
  }
}

std::string canonical(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string member(const Json& object, std::string_view key, std::string_view fallback) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>()
                                                     : std::string(fallback);
}

}  // namespace dugout::core

#include "answer.hpp"

#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <optional>

#include "dugout/sdk/text.hpp"

namespace structured {
namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
namespace dom = simdjson::dom;

constexpr double kExact = 9007199254740992.0;  // 2^53: whole numbers beyond it are not exact

// The members the answer is made of. Of a repeated key the last one counts.
struct Members {
  std::optional<dom::element> message, routine, metadata;
};

Members members_of(dom::object object) {
  Members members;
  for (const auto field : object) {
    if (field.key == kMessage) members.message = field.value;
    if (field.key == "routine_number") members.routine = field.value;
    if (field.key == "metadata") members.metadata = field.value;
  }
  return members;
}

simdjson::error_code read(dom::parser& parser, std::string_view text, dom::element& root) {
  if (text.empty()) return simdjson::EMPTY;  // it would copy from nowhere
  if (const auto error = parser.allocate(text.size() + 1, kDepth)) return error;
  return parser.parse(text.data(), text.size()).get(root);
}

bool container(dom::element element) {
  return element.is_object() || element.is_array();
}

class Reading {
 public:
  explicit Reading(bool repaired) : repaired_(repaired) {}

  Outcome<std::string> object(dom::object object, bool may_unwrap) {
    const auto members = members_of(object);
    if (!members.message) {
      return Error{Code::kMissingField, "the object has no member agent_final_response"};
    }
    std::string_view message;
    if (members.message->get(message) != simdjson::SUCCESS) {
      if (members.message->is_null()) return Error{Code::kEmpty, "agent_final_response is null"};
      return Error{Code::kWrongShape, "/agent_final_response: must be a string"};
    }
    if (blank(message)) return Error{Code::kEmpty, "agent_final_response is blank"};
    if (may_unwrap) {
      if (auto inner = wrapped(message)) return std::move(*inner);
    }
    std::optional<std::int64_t> routine;
    if (members.routine && !members.routine->is_null()) {
      routine = whole_number(*members.routine);
      if (!routine) return Error{Code::kWrongShape, "/routine_number: must be an integer"};
    }
    const auto metadata = members.metadata ? json_of(*members.metadata) : std::string();
    return compose(message, routine, metadata);
  }

  // The whole answer written once more as text, in a string.
  static std::optional<std::string> wrapped(std::string_view text) {
    text = stripped(text);
    if (text.empty() || text.front() != '{') return std::nullopt;
    dom::parser parser;
    dom::element root;
    dom::object object;
    if (read(parser, text, root) != simdjson::SUCCESS || root.get(object) != simdjson::SUCCESS) {
      return std::nullopt;
    }
    auto outcome = Reading(true).object(object, false);
    if (!outcome) return std::nullopt;
    return std::move(*outcome);
  }

 private:
  // 5, 5.0 and "5".
  std::optional<std::int64_t> whole_number(dom::element element) {
    std::int64_t whole = 0;
    if (element.get(whole) == simdjson::SUCCESS) return whole;
    double number = 0;
    if (element.get(number) == simdjson::SUCCESS) {
      if (std::trunc(number) != number || std::abs(number) > kExact) return std::nullopt;
      return static_cast<std::int64_t>(number);
    }
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS) return std::nullopt;
    text = stripped(text);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    repaired_ = true;
    return whole;
  }

  // An object or an array, also one written as text. Anything else carries nothing and is left out.
  std::string json_of(dom::element element) {
    if (container(element)) return simdjson::minify(element);
    if (element.is_null()) return {};
    repaired_ = true;
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS) return {};
    dom::parser parser;
    dom::element inner;
    if (read(parser, text, inner) != simdjson::SUCCESS || !container(inner)) return {};
    return simdjson::minify(inner);
  }

  std::string compose(std::string_view message, std::optional<std::int64_t> routine,
                      const std::string& metadata) const {
    std::string out = "{\"agent_final_response\":\"" + dugout::sdk::json_escape(message) + '"';
    if (routine) out += ",\"routine_number\":" + std::to_string(*routine);
    if (!metadata.empty()) out += ",\"metadata\":" + metadata;
    if (repaired_) out += ",\"repaired\":true";
    return out + '}';
  }

  bool repaired_;
};

}  // namespace

std::string_view stripped(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.substr(0, kMark.size()) == kMark) text.remove_prefix(kMark.size());
  const auto first = text.find_first_not_of(kSpace);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool blank(std::string_view text) {
  // No-break space, zero-width characters, ideographic space, byte order mark.
  constexpr std::string_view kInvisible[] = {"\xC2\xA0",     "\xE2\x80\x8B", "\xE2\x80\x8C",
                                             "\xE2\x80\x8D", "\xE2\x81\xA0", "\xE3\x80\x80",
                                             "\xEF\xBB\xBF"};
  while (!text.empty()) {
    std::size_t skip = static_cast<unsigned char>(text.front()) <= 0x20 ? 1 : 0;
    for (const auto character : kInvisible) {
      if (text.substr(0, character.size()) == character) skip = character.size();
    }
    if (skip == 0) return false;
    text.remove_prefix(skip);
  }
  return true;
}

Outcome<std::string> strict_answer(std::string_view text, bool repaired) {
  dom::parser parser;
  dom::element root;
  if (const auto error = read(parser, text, root)) {
    if (error == simdjson::DEPTH_ERROR)
      return Error{Code::kMalformed, "nested deeper than 64 levels"};
    return Error{Code::kMalformed, "the text is not JSON"};
  }
  dom::object object;
  if (root.get(object) == simdjson::SUCCESS) return Reading(repaired).object(object, true);
  std::string_view inner;
  if (root.get(inner) == simdjson::SUCCESS) {
    if (auto answer = Reading::wrapped(inner)) return std::move(*answer);
  }
  return Error{Code::kWrongShape, "the answer is JSON, but not an object"};
}

}  // namespace structured

// Takes strict JSON that conforms to the agent's JSON Schema; the host checks it (schema/1), so
// that there is one implementation of JSON Schema in the process.
#include <simdjson.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "dugout/sdk/parser.hpp"

namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
namespace dom = simdjson::dom;

constexpr std::size_t kLargest = std::size_t{1} << 20;
constexpr std::size_t kDepth = 64;  // the host's DOM would recurse on more
constexpr double kExact = 9007199254740992.0;
constexpr std::string_view kFallback = "agent_final_response";

constexpr std::string_view kJsonSpace = " \t\r\n";  // RFC 8259, 2
constexpr std::string_view kAnySpace = " \t\r\n\v\f";

std::string_view trimmed(std::string_view text, std::string_view space) {
  const auto first = text.find_first_not_of(space);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

// Does the text end inside a string or an open bracket?
bool cut_off(std::string_view text) {
  bool in_string = false;
  long depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string && c == '\\') {
      ++at;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '{' || c == '[')) {
      ++depth;
    } else if (!in_string && (c == '}' || c == ']')) {
      --depth;
    }
  }
  return in_string || depth > 0;
}

Error not_json(std::string_view text, simdjson::error_code error) {
  if (text.front() != '{' && text.front() != '[') {
    return Error{Code::kNotApplicable, "the answer is not JSON"};
  }
  if (error == simdjson::DEPTH_ERROR)
    return Error{Code::kMalformed, "nested deeper than 64 levels"};
  if (cut_off(text)) return Error{Code::kTruncated, "the JSON is cut off"};
  return Error{Code::kMalformed, "the answer is not strict JSON"};
}

// The host may give its reason as {"message"} or as plain text.
std::string reason(const std::string& why) {
  const auto body = nlohmann::json::parse(why, nullptr, false);
  return body.is_object() && body.contains("message") && body["message"].is_string()
             ? body["message"].get<std::string>()
             : why;
}

std::optional<std::int64_t> whole_number(dom::element element) {
  std::int64_t whole = 0;
  if (element.get(whole) == simdjson::SUCCESS) return whole;
  double number = 0;
  if (element.get(number) != simdjson::SUCCESS || std::trunc(number) != number ||
      std::abs(number) > kExact) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(number);
}

class Schema final : public dugout::sdk::Parser {
 public:
  Schema(std::string_view config, dugout::sdk::Host host) : host_(host) {
    const auto options = config.empty() ? nlohmann::json::object() : nlohmann::json::parse(config);
    message_ = options.value("message", std::string(kFallback));
    routine_ = options.value("routine", "routine_number");
    metadata_ = options.value("metadata", "metadata");
  }

  // [any]
  Outcome<std::string> parse(std::string_view raw, std::string_view schema) const override {
    if (schema.empty()) return Error{Code::kNotApplicable, "the agent has no schema"};
    if (raw.size() > kLargest) return Error{Code::kMalformed, "the answer is longer than 1 MiB"};
    const auto text = trimmed(raw, kJsonSpace);
    if (trimmed(text, kAnySpace).empty()) return Error{Code::kEmpty, "the answer is blank"};
    dom::parser parser;
    dom::element root;
    auto error = parser.allocate(text.size() + 1, kDepth);
    if (!error) error = parser.parse(text.data(), text.size()).get(root);
    if (error) return not_json(text, error);
    if (const auto checked = host_.check_schema(schema, text); !checked) {
      return Error{checked.error().code, reason(checked.error().message)};
    }
    return answer(root);
  }

 private:
  Outcome<std::string> answer(dom::element root) const {
    std::string_view message;
    dom::object object;
    if (root.get(object) == simdjson::SUCCESS) {
      if (object.at_key(message_).get(message) && object.at_key(kFallback).get(message)) {
        return Error{Code::kMissingField, "the object has no member " + message_};
      }
    } else if (root.get(message)) {
      return Error{Code::kWrongShape, "the answer conforms, but holds no message"};
    }
    if (trimmed(message, kAnySpace).empty()) return Error{Code::kEmpty, "the message is blank"};

    std::string out = "{\"agent_final_response\":\"" + dugout::sdk::json_escape(message) + '"';
    if (root.is_object()) add_members(object, out);
    return out + '}';
  }

  void add_members(dom::object object, std::string& out) const {
    dom::element member;
    if (object.at_key(routine_).get(member) == simdjson::SUCCESS) {
      if (const auto number = whole_number(member)) {
        out += ",\"routine_number\":" + std::to_string(*number);
      }
    }
    if (object.at_key(metadata_).get(member) == simdjson::SUCCESS &&
        (member.is_object() || member.is_array())) {
      out += ",\"metadata\":" + simdjson::minify(member);
    }
  }

  dugout::sdk::Host host_;
  std::string message_, routine_, metadata_;
};

}  // namespace

DUGOUT_PARSER_PLUGIN(Schema, "parser.schema")

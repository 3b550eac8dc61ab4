// Reads HTTP answers of an OpenAI-like service, with simdjson: a body is read once, on the path of
// every turn. Nothing is taken for granted about types; depth is bounded.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dugout/sdk/outcome.hpp"
#include "errors.hpp"

namespace dugout::openai {

using Element = simdjson::dom::element;

// A member that is there and not null.
std::optional<Element> at(Element object, std::string_view key);
// A member as text, when it is a text; the views live as long as the document.
std::string_view text_at(Element object, std::string_view key);
std::optional<std::string_view> maybe_text_at(Element object, std::string_view key);
// A text, or a number written out: codes come as both.
std::string code_at(Element object, std::string_view key);
std::int64_t count_at(Element object, std::string_view key);  // 0 unless a number of 0 or more
std::vector<Element> elements_at(Element object, std::string_view key);  // none unless an array

// Arguments of a call: the text as it is, or an object written out again.
std::string arguments_at(Element object, std::string_view key);

// One HTTP answer. Elements point into it.
class Answer {
 public:
  Answer(std::uint32_t status, std::string_view headers, std::string_view body);

  // The body of a good answer, an object without an error in it; else the error.
  Outcome<Element> good();
  // The error of {"error": {...}}, {"error": "text"}, {"message"}, {"detail"}, HTML or nothing.
  Error error();
  Error error_of(Element object);  // {"code","message","type","param"}
  Error bad(std::string_view why) const { return bad_body(status_, why, request_id_); }

 private:
  std::optional<Element> root();
  Error described(Element error);

  const std::uint32_t status_;
  const std::string_view body_;
  std::string content_type_, request_id_;
  simdjson::dom::parser parser_;
};

}  // namespace dugout::openai

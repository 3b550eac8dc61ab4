#include "body.hpp"

#include "dugout/sdk/plain_text.hpp"

namespace dugout::openai {
namespace {

constexpr std::size_t kBodyDepth = 64;

std::optional<Element> parse(simdjson::dom::parser& parser, std::string_view text) {
  if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
  if (text.find_first_not_of(" \t\r\n") == text.npos) return std::nullopt;
  if (parser.allocate(text.size(), kBodyDepth) != simdjson::SUCCESS) return std::nullopt;
  Element root;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) return std::nullopt;
  return root;
}

bool is_json(std::string_view content_type) {
  // A server that names no type is given the benefit of the doubt.
  return content_type.empty() || content_type.find("json") != content_type.npos;
}

}  // namespace

std::optional<Element> at(Element object, std::string_view key) {
  Element member;
  if (object[key].get(member) != simdjson::SUCCESS || member.is_null()) return std::nullopt;
  return member;
}

std::optional<std::string_view> maybe_text_at(Element object, std::string_view key) {
  const auto member = at(object, key);
  std::string_view text;
  if (!member || member->get(text) != simdjson::SUCCESS) return std::nullopt;
  return text;
}

std::string_view text_at(Element object, std::string_view key) {
  return maybe_text_at(object, key).value_or(std::string_view());
}

std::string code_at(Element object, std::string_view key) {
  const auto member = at(object, key);
  if (!member) return {};
  if (member->is_number()) return simdjson::minify(*member);
  return std::string(text_at(object, key));
}

std::int64_t count_at(Element object, std::string_view key) {
  const auto member = at(object, key);
  std::int64_t whole = 0;
  double real = 0;
  if (!member) return 0;
  if (member->get(whole) == simdjson::SUCCESS) return whole < 0 ? 0 : whole;
  if (member->get(real) != simdjson::SUCCESS || !(real > 0) || real > 1e15) return 0;
  return static_cast<std::int64_t>(real);
}

std::vector<Element> elements_at(Element object, std::string_view key) {
  simdjson::dom::array array;
  const auto member = at(object, key);
  if (!member || member->get(array) != simdjson::SUCCESS) return {};
  return {array.begin(), array.end()};
}

std::string arguments_at(Element object, std::string_view key) {
  const auto member = at(object, key);
  if (!member) return {};
  if (member->is_string()) return std::string(text_at(object, key));
  return simdjson::minify(*member);
}

Answer::Answer(std::uint32_t status, std::string_view headers, std::string_view body)
    : status_(status), body_(body) {
  simdjson::dom::parser parser;
  if (const auto root = parse(parser, headers)) {
    content_type_ = sdk::lower(text_at(*root, "content-type"));
    request_id_ = text_at(*root, "x-request-id");
  }
}

std::optional<Element> Answer::root() {
  return parse(parser_, body_);
}

Outcome<Element> Answer::good() {
  if (status_ < 200 || status_ > 299) return error();
  if (!is_json(content_type_)) return bad("the content type is not JSON");
  const auto body = root();
  if (!body) return bad("the body is empty or no sound JSON");
  if (!body->is_object()) return bad("the body is no object");
  if (const auto error = at(*body, "error")) return described(*error);
  return *body;
}

Error Answer::error() {
  const auto body = root();
  if (!body) {
    return upstream_error({status_, "", "", "the body is no JSON", "", request_id_});
  }
  // Some send a list of one.
  simdjson::dom::array list;
  const bool listed = body->get(list) == simdjson::SUCCESS && list.size() > 0;
  const auto shown = listed ? list.at(0).value() : *body;
  if (const auto inner = at(shown, "error")) return described(*inner);
  return described(shown);
}

Error Answer::described(Element error) {
  std::string_view text;
  if (error.get(text) == simdjson::SUCCESS) {
    return upstream_error({status_, "", "", std::string(text), "", request_id_});
  }
  return error_of(error);
}

Error Answer::error_of(Element object) {
  auto message = text_at(object, "message");
  if (message.empty()) message = text_at(object, "detail");
  return upstream_error({status_, code_at(object, "code"), std::string(text_at(object, "type")),
                         std::string(message), std::string(text_at(object, "param")), request_id_});
}

}  // namespace dugout::openai

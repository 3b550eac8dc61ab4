// What the tests of the Responses codec share: neutral requests in, bodies of answers out.
#pragma once

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "support/plugin_harness.hpp"

namespace responses_codec::test {

using dugout::test::PluginAnswer;
using dugout::test::PluginUnderTest;
using nlohmann::json;

inline const json kJson = {{"content-type", "application/json; charset=utf-8"}};

inline json request(json items, json more = json::object()) {
  json out = {{"model", "gpt-4.1"},
              {"instructions", "Be kind."},
              {"items", std::move(items)},
              {"tools", json::array()},
              {"schema_name", ""},
              {"schema", nullptr},
              {"max_output_tokens", nullptr},
              {"attempt", 0}};
  out.update(more);
  return out;
}

inline json encoded(const json& neutral, const json& config = json::object(),
                    json* head = nullptr) {
  PluginUnderTest plugin("provider.openai_responses", config);
  std::string body;
  const auto answer = plugin.encode(neutral, &body);
  REQUIRE(answer.done());
  if (head != nullptr) *head = answer.json();
  return json::parse(body);
}

inline PluginAnswer decoded(unsigned status, std::string_view body, const json& headers = kJson) {
  PluginUnderTest plugin("provider.openai_responses");
  return plugin.decode(status, headers, body);
}

inline json answer_of(const json& body) {
  const auto answer = decoded(200, body.dump());
  INFO(answer.text);
  REQUIRE(answer.done());
  return answer.json();
}

inline json message(const std::string& text) {
  return {{"id", "msg_1"},
          {"type", "message"},
          {"role", "assistant"},
          {"status", "completed"},
          {"content", {{{"type", "output_text"}, {"text", text}, {"annotations", json::array()}}}}};
}

inline json response(json output, json more = json::object()) {
  json out = {{"id", "resp_1"},
              {"object", "response"},
              {"status", "completed"},
              {"error", nullptr},
              {"incomplete_details", nullptr},
              {"model", "gpt-4.1-2025"},
              {"output", std::move(output)},
              {"usage", {{"input_tokens", 10}, {"output_tokens", 5}, {"total_tokens", 15}}}};
  out.update(more);
  return out;
}

inline json user(const std::string& text) {
  return {{"kind", "user"}, {"text", text}};
}

}  // namespace responses_codec::test

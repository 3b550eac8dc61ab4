// What both codecs must keep to, whatever a service answers: the first line of the input is a
// status and headers as JSON, the rest the body.
#pragma once

#include "core/text.hpp"
#include "support/plugin_harness.hpp"
#include "target.hpp"

namespace dugout::fuzz {

inline void check_decode(test::PluginUnderTest& plugin, std::string_view input) {
  using nlohmann::json;
  const auto end = std::min(input.find('\n'), input.size());
  const auto head = json::parse(input.substr(0, end), nullptr, false);
  const auto body = input.substr(std::min(end + 1, input.size()));
  const auto status =
      head.is_object() && head.contains("status") && head["status"].is_number_unsigned()
          ? head["status"].get<unsigned>()
          : 200U;
  const auto headers =
      head.is_object() && head.contains("headers") ? head["headers"] : json::object();
  const auto answer = plugin.decode(status, headers, body);
  require(answer.status == DUGOUT_OK || answer.status == DUGOUT_E_UPSTREAM,
          "a body is an answer or a provider's error");
  const auto read = json::parse(answer.text, nullptr, false);
  require(read.is_object(), "what comes back is JSON");
  if (answer.status == DUGOUT_OK) {
    require(status / 100 == 2, "only a good status is an answer");
    require(answer.text.size() <= 64 * body.size() + 4096, "an answer is no larger than its body");
    return;
  }
  const auto& detail = read["detail"];
  require(detail.is_object() && detail["class"].is_string(), "an error has a class");
  require(read["message"].get_ref<const std::string&>().size() <= 1000, "its words are clipped");
  const auto wait = detail.find("retry_after_ms");
  require(wait == detail.end() || (wait->is_number_integer() && *wait >= 0), "no wait is negative");
  require(answer.text.find("sk-abcdefghijklmnopqrstuvwx") == std::string::npos, "no key is told");
}

}  // namespace dugout::fuzz

// What the model behind ResponsesDouble does with a request, and how both APIs put it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/responses_double.hpp"

namespace dugout::test {

// What both APIs ask, in one shape.
struct Asked {
  bool chat = false;
  nlohmann::json brief = nlohmann::json::object();
  std::string last_user;
  bool tool_results_follow = false;                           // since the last user message
  std::vector<std::pair<std::string, nlohmann::json>> tools;  // name, parameters
};

// What the model does: calls or words.
struct Played {
  std::vector<std::pair<std::string, std::string>> calls;  // name, arguments
  std::string text;
  bool refused = false, incomplete = false;
};

Asked read_asked(const nlohmann::json& request);
// A fault of the text needs a text, so it comes before a call.
Played play(const Asked& asked, std::optional<int> routine, Fault fault);
std::string body_of(const Asked& asked, const Played& played, const std::string& model, int id);
// The reply of a fault of HTTP; nullopt when the fault is one of the text. `sound`: the body that
// would have been sent.
std::optional<DoubleReply> http_fault(Fault fault, int retry_after_ms, const std::string& sound);
DoubleReply error_reply(int status, const char* code, const char* type, const std::string& message);

}  // namespace dugout::test

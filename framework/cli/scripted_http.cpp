#include "cli/scripted_http.hpp"

#include <nlohmann/json.hpp>

namespace dugout::cli {

Outcome<net::HttpResponse> ScriptedHttp::send(const net::HttpRequest& /*request*/,
                                              const net::HttpTimes& /*times*/) {
  using nlohmann::json;
  ++requests_;
  if (texts_.empty()) return Error{Code::kUnavailable, "the script has no further answer"};
  const json body{{"id", "resp_scripted"},
                  {"object", "response"},
                  {"status", "completed"},
                  {"output",
                   {{{"type", "message"},
                     {"role", "assistant"},
                     {"status", "completed"},
                     {"content", {{{"type", "output_text"}, {"text", texts_.front()}}}}}}},
                  {"usage", {{"input_tokens", 0}, {"output_tokens", 0}, {"total_tokens", 0}}}};
  texts_.pop_front();
  return net::HttpResponse{200, {{"content-type", "application/json"}}, body.dump()};
}

}  // namespace dugout::cli

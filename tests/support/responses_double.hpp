// Plays a model behind the Responses API and the Chat Completions API, with function calls and, on
// demand, with everything that goes wrong there. It knows nothing of any flow: what to collect
// stands in a block at the end of the instructions it is sent,
//   <<dugout:brief>>{"routine": 13, "fields": ["parent_house_number"], "tools": [...]}<<end>>
// and the routine number of its answers comes from the test (or from "next" of the block).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/http_double.hpp"

namespace dugout::test {

enum class Fault {
  kNone,  // lets one request pass, to place a fault later in a run
  // HTTP
  kRateLimit,
  kServerError500,
  kOverloaded503,
  kTimeout,
  kResetMidBody,
  kContextLength,
  kInsufficientQuota,
  kHtml,
  kEmpty204,
  kWrongContentType,
  kTruncatedBody,
  kHuge50MB,
  // the model's text, in a sound answer
  kTruncatedJson,
  kProse,
  kFence,
  kMissingField,
  kWrongRoutine,
  kRefusal,
  kIncomplete,
};

std::optional<Fault> fault_named(std::string_view name);  // "rate_limit", "truncated_json" ...
std::vector<std::string_view> fault_names();

class ResponsesDouble {
 public:
  // The request as JSON -> routine_number of the answer. Runs under the double's lock.
  using Script = std::function<std::optional<int>(const nlohmann::json& request)>;

  explicit ResponsesDouble(Script script = {}, std::uint16_t port = 0);

  std::string base_url() const { return server_.url("/v1"); }
  std::uint16_t port() const { return server_.port(); }

  // The next `times` requests get this fault, after those already asked for.
  void fail_next(Fault fault, int times = 1, int retry_after_ms = 1000);
  // All requests for one model do, until kNone is given. Comes before fail_next.
  void fail_model(const std::string& model, Fault fault, int retry_after_ms = 1000);

  int count() const;  // requests for an answer
  int count_of(const std::string& model) const;
  int tool_calls() const;                        // function calls asked for
  std::vector<nlohmann::json> requests() const;  // their bodies, oldest first
  void release() { server_.release(); }          // ends the stalls of kTimeout
  HttpDouble& server() { return server_; }

 private:
  struct Planned {
    Fault fault = Fault::kNone;
    int retry_after_ms = 1000;
  };

  DoubleReply answer(const DoubleRequest& request);
  Planned next_fault(const std::string& model);

  const Script script_;
  mutable std::mutex mutex_;  // guards all below
  std::deque<Planned> planned_;
  std::map<std::string, Planned> by_model_;
  std::map<std::string, int> counts_;
  std::vector<nlohmann::json> requests_;
  int tool_calls_ = 0, next_id_ = 1;
  HttpDouble server_;  // last: its threads use the members above
};

}  // namespace dugout::test

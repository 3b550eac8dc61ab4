// Loads one plugin's library by hand and calls it through the C boundary, with services of the
// test: a fixed day, rows in memory, and JSON Schema as the host checks it. For a plugin's own
// test; loading as the host does it is tested in tests/integration.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dugout/abi.h"
#include "dugout/sdk/text.hpp"

namespace dugout::test {

struct PluginAnswer {
  dugout_status status = DUGOUT_E_INTERNAL;
  std::string text;
  nlohmann::json json() const { return nlohmann::json::parse(text); }
  bool done() const { return status == DUGOUT_OK; }
};

class PluginUnderTest {
 public:
  // `id` such as "tool.phone_validation". Throws std::runtime_error when it cannot be created.
  explicit PluginUnderTest(const std::string& id,
                           const nlohmann::json& config = nlohmann::json::object());
  ~PluginUnderTest();
  PluginUnderTest(const PluginUnderTest&) = delete;
  PluginUnderTest& operator=(const PluginUnderTest&) = delete;

  PluginAnswer parse(std::string_view raw, std::string_view schema = {});
  PluginAnswer advise(const nlohmann::json& failure);
  PluginAnswer validate(const nlohmann::json& answer, const nlohmann::json& context);
  PluginAnswer propose(std::string_view situation);
  PluginAnswer train(std::string_view log);
  PluginAnswer encode(const nlohmann::json& request, std::string* body);
  PluginAnswer decode(unsigned status, const nlohmann::json& headers, std::string_view body);

  nlohmann::json describe();
  // The whole tool result {"ok","data"?,"error"?}. Checks args against the declared schema first
  // and throws when they do not fit, as the host would refuse them.
  nlohmann::json run(const nlohmann::json& args, const std::string& idempotency_key = "key-1");
  // What the tool completes with; `args` go to it unchecked.
  PluginAnswer start(std::string_view args, const std::string& idempotency_key = "key-1");
  PluginAnswer reconcile(const nlohmann::json& args, const std::string& idempotency_key);

 private:
  template <typename Table>
  const Table* face(const char* id);

  void* library_ = nullptr;
  const dugout_module* module_ = nullptr;
  dugout_instance* instance_ = nullptr;
};

// One call that reached http/1 of the harness, and what it is to answer.
struct ServiceCall {
  std::string method, url, body, effect;
  nlohmann::json headers = nlohmann::json::object();  // names as the plugin wrote them
  std::string header(const std::string& name) const { return headers.value(name, ""); }
};
struct ServiceReply {
  int status = 200;  // 0 = no answer: kUnavailable
  std::string body;
  nlohmann::json headers = nlohmann::json::object();  // names in lower case
  bool sent = true;                                   // of status 0: it may have arrived
};
// Without an answer set, http/1 says that the service cannot be reached. Never retries.
void answer_http(std::function<ServiceReply(const ServiceCall&)> answer);
std::vector<ServiceCall> http_calls();

// The rows behind records/1 of the harness: table -> array. Cleared by the test that uses it.
nlohmann::json& rows();
// Forgets rows, unique keys and HTTP answers, and sets the wall clock to 2025-10-01 12:00 UTC.
void reset_services();
void set_unix_ms(std::int64_t now);
// What plugins have logged since reset_services(), a level and a line each.
std::vector<std::pair<int, std::string>> logged();

}  // namespace dugout::test

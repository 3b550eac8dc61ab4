// Loads one plugin's library by hand and calls it through the C boundary, with services of the
// test: a fixed day, rows in memory, and JSON Schema as the host checks it. For a plugin's own
// test; loading as the host does it is tested in tests/integration.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

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
  PluginAnswer encode(const nlohmann::json& request, std::string* body);
  PluginAnswer decode(unsigned status, const nlohmann::json& headers, std::string_view body);

  nlohmann::json describe();
  // The whole tool result {"ok","data"?,"error"?}. Checks args against the declared schema first
  // and throws when they do not fit, as the host would refuse them.
  nlohmann::json run(const nlohmann::json& args, const std::string& idempotency_key = "key-1");
  PluginAnswer reconcile(const nlohmann::json& args, const std::string& idempotency_key);

 private:
  template <typename Table>
  const Table* face(const char* id);

  void* library_ = nullptr;
  const dugout_module* module_ = nullptr;
  dugout_instance* instance_ = nullptr;
};

// The rows behind records/1 of the harness: table -> array. Cleared by the test that uses it.
nlohmann::json& rows();
// Forgets rows and unique keys, and sets the wall clock to 2025-10-01 12:00 UTC.
void reset_services();
void set_unix_ms(std::int64_t now);

}  // namespace dugout::test

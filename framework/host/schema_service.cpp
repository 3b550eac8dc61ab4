// schema/1: JSON Schema for plugins. Compiled schemas are kept, as a parser sees the same few again
// and again; how many is bounded, as a plugin could make them up.
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "config/json_schema.hpp"
#include "core/json.hpp"
#include "dugout/sdk/text.hpp"
#include "host/services.hpp"

namespace dugout::host {
namespace {

class SchemaCache {
 public:
  Outcome<config::JsonSchema> get(std::string_view text) {
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = compiled_.find(std::string(text)); found != compiled_.end()) {
        return found->second;
      }
    }
    auto schema = config::JsonSchema::compile(text);  // not under the lock: it may take long
    if (!schema) return schema;
    const std::lock_guard lock(mutex_);
    if (compiled_.emplace(std::string(text), *schema).second) order_.emplace_back(text);
    if (order_.size() > kMost) {
      compiled_.erase(order_.front());
      order_.pop_front();
    }
    return schema;
  }

 private:
  static constexpr std::size_t kMost = 64;
  std::mutex mutex_;  // guards the two below
  std::unordered_map<std::string, config::JsonSchema> compiled_;
  std::deque<std::string> order_;  // oldest first
};

SchemaCache& cache() {
  static auto* schemas = new SchemaCache();  // outlives every module
  return *schemas;
}

dugout_status say(dugout_sink* why, Code code, const std::string& text) {
  why->put(why, sdk::text(text));
  return static_cast<dugout_status>(code);
}

dugout_status check_or_throw(dugout_text schema, dugout_text instance, dugout_sink* why) {
  const auto compiled = cache().get(sdk::view(schema));
  if (!compiled) return say(why, Code::kInvalid, "the schema: " + compiled.error().message);
  const auto parsed = core::parse_json(sdk::view(instance));
  if (!parsed) return say(why, parsed.error().code, parsed.error().message);
  const auto errors = compiled->check(*parsed, 1);
  if (errors.empty()) return DUGOUT_OK;
  const auto& first = errors.front();
  return say(why, Code::kWrongShape,
             (first.pointer.empty() ? "the whole" : first.pointer) + ": " + first.message);
}

dugout_status check(dugout_text schema, dugout_text instance, dugout_sink* why) noexcept {
  try {
    return check_or_throw(schema, instance, why);
  } catch (...) {
    return DUGOUT_E_INTERNAL;
  }
}

}  // namespace

const dugout_schema_v1* schema_service() {
  static constexpr dugout_schema_v1 kTable{sizeof(dugout_schema_v1), 0, &check};
  return &kTable;
}

}  // namespace dugout::host

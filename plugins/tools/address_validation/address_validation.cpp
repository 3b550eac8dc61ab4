// Says whether a text looks like a whole UK address, and what is missing if not. The local backend
// knows the shape of addresses, not the register of them. [worker]; keeps nothing between calls.
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "dugout/sdk/tool.hpp"
#include "uk_address.hpp"

namespace {

using nlohmann::json;

constexpr std::size_t kShortest = 10, kLongest = 200;  // characters, as the record allows

constexpr std::string_view kDeclaration = R"({
  "name": "address_validation",
  "description": "Checks that a text is a whole UK address (house number or name, street, town, postcode) and takes it apart.",
  "arguments": {
    "type": "object", "additionalProperties": false, "required": ["address"],
    "properties": {"address": {"type": "string"}}},
  "result": {
    "type": "object", "required": ["value", "line_1", "town", "city", "post_code"],
    "properties": {
      "value": {"type": "string"}, "line_1": {"type": "string"}, "town": {"type": "string"},
      "city": {"type": "string"}, "post_code": {"type": "string"}}},
  "check": {"argument": "address"},
  "timeout_ms": 1000})";

std::string refused(std::string_view code, const std::string& message,
                    const std::vector<std::string>& missing = {}) {
  json error{{"code", code}, {"message", message}, {"retryable", false}};
  if (!missing.empty()) error["missing"] = missing;
  return json{{"ok", false}, {"error", error}}.dump();
}

// "The house number or name, the town and the postcode are missing."
std::string sentence(const std::vector<std::string>& missing) {
  std::string list;
  for (std::size_t at = 0; at < missing.size(); ++at) {
    if (at > 0) list += at + 1 == missing.size() ? " and " : ", ";
    list += (at == 0 ? "The " : "the ") + missing[at];
  }
  return list + (missing.size() == 1 ? " is missing." : " are missing.");
}

class AddressValidation final : public dugout::sdk::Tool {
 public:
  explicit AddressValidation(std::string_view /*config*/) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  dugout::Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto typed = json::parse(args)["address"].get<std::string>();
    if (uk_address::length(typed) > 4 * kLongest) return too_long();
    const auto address = uk_address::parse(typed);
    std::vector<std::string> missing;
    if (!address.has_number_or_name) missing.emplace_back("house number or name");
    if (!address.has_street) missing.emplace_back("street");
    if (address.town.empty()) missing.emplace_back("town");
    if (address.post_code.empty()) missing.emplace_back("postcode");
    if (!missing.empty()) return refused("incomplete", sentence(missing), missing);
    const auto size = uk_address::length(address.text);
    if (size > kLongest) return too_long();
    if (size < kShortest) return refused("too_short", "An address has at least 10 characters.");
    return json{{"ok", true},
                {"data",
                 {{"value", address.text},
                  {"line_1", address.line_1},
                  {"town", address.town},
                  {"city", address.city},
                  {"post_code", address.post_code}}}}
        .dump();
  }

 private:
  static std::string too_long() {
    return refused("too_long", "An address has at most 200 characters.");
  }
};

}  // namespace

DUGOUT_TOOL_PLUGIN(AddressValidation, "tool.address_validation")

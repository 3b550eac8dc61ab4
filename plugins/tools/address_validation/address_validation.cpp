// Says whether a text is a whole UK address, and what is missing if not. Its shape is looked at
// first, here; what has it may be held against the register behind Google's Address Validation.
// When nobody can be asked, an address is taken as it is written, and said to be unverified: a
// family is not kept waiting for a service. [worker]; keeps nothing between calls.
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"
#include "google/client.hpp"
#include "uk_address.hpp"
#include "verdict.hpp"

namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using dugout::sdk::accepted;
using nlohmann::json;
using uk_address::Address;
using uk_address::Verdict;

constexpr std::size_t kShortest = 10, kLongest = 200;  // characters, as the record allows
constexpr int kError = 3;                              // of log/1

constexpr std::string_view kDeclaration = R"({
  "name": "address_validation",
  "description": "Checks that a text is a whole UK address (house number or name, street, town, postcode) and takes it apart.",
  "arguments": {
    "type": "object", "additionalProperties": false, "required": ["address"],
    "properties": {"address": {"type": "string"}}},
  "result": {
    "type": "object",
    "required": ["value", "line_1", "town", "city", "post_code", "verdict", "verified"],
    "properties": {
      "value": {"type": "string"}, "line_1": {"type": "string"}, "town": {"type": "string"},
      "city": {"type": "string"}, "post_code": {"type": "string"},
      "verdict": {"enum": ["valid", "needs_confirmation", "unverified"]},
      "verified": {"type": "array", "items": {"type": "string"}},
      "suggestion": {"type": "string"}, "missing": {"type": "array", "items": {"type": "string"}},
      "unverified_because": {"enum": ["local", "unavailable", "not_configured"]}}},
  "check": {"argument": "address"},
  "timeout_ms": 15000})";

std::string refused(std::string_view code, const std::string& message,
                    const std::vector<std::string>& missing = {}) {
  json error{{"code", code}, {"message", message}, {"retryable", false}};
  if (!missing.empty()) error["missing"] = missing;
  return json{{"ok", false}, {"error", error}}.dump();
}

std::string too_long() {
  return refused("too_long", "An address has at most 200 characters.");
}

// "the house number or name, the town and the postcode"
std::string listed(const std::vector<std::string>& parts) {
  std::string list;
  for (std::size_t at = 0; at < parts.size(); ++at) {
    if (at > 0) list += at + 1 == parts.size() ? " and " : ", ";
    list += "the " + parts[at];
  }
  return list;
}

// "The house number or name, the town and the postcode are missing."
std::string missing_sentence(const std::vector<std::string>& missing) {
  auto list = listed(missing);
  list[0] = 'T';
  return list + (missing.size() == 1 ? " is missing." : " are missing.");
}

std::vector<std::string> missing_of(const Address& address) {
  std::vector<std::string> missing;
  if (!address.has_number_or_name) missing.emplace_back("house number or name");
  if (!address.has_street) missing.emplace_back("street");
  if (address.town.empty()) missing.emplace_back("town");
  if (address.post_code.empty()) missing.emplace_back("postcode");
  return missing;
}

bool fits(const Address& address) {
  const auto size = uk_address::length(address.text);
  return missing_of(address).empty() && size >= kShortest && size <= kLongest;
}

json data_of(const Address& address) {
  return {{"value", address.text},
          {"line_1", address.line_1},
          {"town", address.town},
          {"city", address.city},
          {"post_code", address.post_code}};
}

std::string unverified(const Address& address, const char* why) {
  auto data = data_of(address);
  data.update(
      {{"verdict", "unverified"}, {"verified", json::array()}, {"unverified_because", why}});
  return accepted(data.dump());
}

std::string to_mend(const Verdict& verdict) {
  if (!verdict.missing.empty()) {
    return refused("incomplete", missing_sentence(verdict.missing), verdict.missing);
  }
  return refused("not_found",
                 "I cannot find that address. Please check " + listed(verdict.unsure) + ".",
                 verdict.unsure);
}

std::string judged(const Address& typed, const Verdict& verdict) {
  if (!verdict.region.empty() && verdict.region != "GB") {
    return refused("outside_uk", "I need an address in the United Kingdom.");
  }
  if (verdict.kind == Verdict::Kind::kFix) return to_mend(verdict);
  const bool valid = verdict.kind == Verdict::Kind::kValid;
  // What the service corrected without a doubt is taken over, if it has all its parts.
  const auto theirs = uk_address::parse(verdict.formatted);
  auto data = data_of(valid && verdict.corrected && fits(theirs) ? theirs : typed);
  data["verdict"] = valid ? "valid" : "needs_confirmation";
  data["verified"] = json::array();
  if (!verdict.granularity.empty()) data["verified"].push_back(verdict.granularity);
  if (!valid && !verdict.formatted.empty()) data["suggestion"] = verdict.formatted;
  if (!valid && !verdict.missing.empty()) data["missing"] = verdict.missing;
  return accepted(data.dump());
}

class AddressValidation final : public dugout::sdk::Tool {
 public:
  AddressValidation(std::string_view config, dugout::sdk::Host host)
      : host_(host), settings_(google::read_settings(config, host)) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto typed = json::parse(args)["address"].get<std::string>();
    if (uk_address::length(typed) > 4 * kLongest) return too_long();
    const auto address = uk_address::parse(typed);
    if (const auto missing = missing_of(address); !missing.empty()) {
      return refused("incomplete", missing_sentence(missing), missing);
    }
    const auto size = uk_address::length(address.text);
    if (size > kLongest) return too_long();
    if (size < kShortest) return refused("too_short", "An address has at least 10 characters.");
    if (!settings_.remote) return unverified(address, "local");
    const auto verdict = ask_google(address);
    if (verdict) return judged(address, *verdict);
    host_.log(kError, "an address was taken unverified: " + verdict.error().message);
    return unverified(address,
                      verdict.error().code == Code::kRefused ? "not_configured" : "unavailable");
  }

 private:
  Outcome<Verdict> ask_google(const Address& address) const {
    if (settings_.api_key.empty()) return Error{Code::kRefused, "no api_key is set"};
    const auto answer =
        google::ask(host_, settings_, settings_.validation_url + "/v1:validateAddress",
                    uk_address::validation_question(address));
    if (!answer) return answer.error();
    const auto verdict = uk_address::read_verdict(*answer);
    if (!verdict) return Error{Code::kUnavailable, "the address service gave no verdict"};
    return *verdict;
  }

  dugout::sdk::Host host_;
  google::Settings settings_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(AddressValidation, "tool.address_validation")

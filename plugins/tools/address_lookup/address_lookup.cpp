// Finds the address behind a postcode and a house number: in the table `addresses`, which is filled
// from agents/data, or with Google Places. [worker]; keeps nothing between calls.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "address.hpp"
#include "dugout/sdk/tool.hpp"
#include "dugout/sdk/tool_result.hpp"
#include "google/client.hpp"
#include "places.hpp"
#include "uk/postcode.hpp"

namespace {

using address::find_in_table;
using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using dugout::sdk::accepted;
using dugout::sdk::refused;
using nlohmann::json;

constexpr int kError = 3;  // of log/1

constexpr std::string_view kDeclaration = R"({
  "name": "address_lookup",
  "description": "Finds the full UK address for a postcode and a house number. Not found is a normal answer: then the address is asked for by hand.",
  "arguments": {
    "type": "object", "additionalProperties": false,
    "required": ["postcode", "house_number"],
    "properties": {
      "postcode": {"type": "string", "minLength": 1, "maxLength": 20},
      "house_number": {"type": "string", "minLength": 1, "maxLength": 50}}},
  "result": {
    "type": "object",
    "required": ["formatted_address", "line_1", "town", "city", "post_code", "house_number"],
    "properties": {
      "formatted_address": {"type": "string"}, "line_1": {"type": "string"},
      "town": {"type": "string"}, "city": {"type": "string"}, "post_code": {"type": "string"},
      "house_number": {"type": "string"}, "confidence_level": {"enum": ["High", "Medium"]},
      "verified": {"type": "array", "items": {"type": "string"}}}},
  "timeout_ms": 15000})";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

// One blank between words, "5b" -> "5B", "flat 2" -> "Flat 2".
std::string house_number_of(std::string_view typed) {
  std::string out;
  bool starts_word = true, numbered = false;
  for (const char c : typed) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (blank) {
      if (!out.empty() && out.back() != ' ') out += ' ';
      starts_word = true;
      continue;
    }
    if (starts_word) numbered = is_digit(c);
    out += starts_word || numbered ? upper(c) : c;
    starts_word = false;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

class AddressLookup final : public dugout::sdk::Tool {
 public:
  AddressLookup(std::string_view config, dugout::sdk::Host host)
      : host_(host), settings_(google::read_settings(config, host)) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto wanted = json::parse(args);
    const auto postcode = uk::postcode_of(wanted["postcode"].get<std::string>());
    const auto number = house_number_of(wanted["house_number"].get<std::string>());
    if (postcode.empty()) return refused("invalid_postcode", "That is not a full UK postcode.");
    if (number.empty()) return refused("invalid_house_number", "The house number is missing.");
    const auto found =
        settings_.remote ? ask_google(postcode, number) : find_in_table(host_, postcode, number);
    if (!found) return not_now(found.error());
    if (!*found) return refused("not_found", "No address is known for this postcode and number.");
    return accepted(data_of(**found, postcode, number).dump());
  }

 private:
  // Only the postcode leaves the house; the number is put in front of what comes back.
  Outcome<std::optional<address::Address>> ask_google(const std::string& postcode,
                                                      const std::string& number) const {
    if (settings_.api_key.empty()) return Error{Code::kRefused, "no api_key is set"};
    const auto answer = google::ask(
        host_, settings_, settings_.places_url + "/v1/places:searchText",
        address::places_question(postcode), {{"x-goog-fieldmask", address::kPlacesMask}});
    if (!answer) return answer.error();
    return address::read_places(*answer, postcode, number);
  }

  // People are asked for the whole address then; the cause is the operator's.
  std::string not_now(const Error& error) const {
    if (settings_.remote) host_.log(kError, "no address was looked up: " + error.message);
    constexpr auto kByHand =
        "Addresses cannot be looked up just now. Please type the whole address instead.";
    const bool mend = error.code == Code::kRefused;
    return refused(mend ? "not_configured" : "unavailable", kByHand, !mend);
  }

  static json data_of(const address::Address& found, const std::string& postcode,
                      const std::string& number) {
    return {{"formatted_address", found.formatted},
            {"line_1", found.line_1},
            {"town", found.town},
            {"city", found.city},
            {"post_code", postcode},
            {"house_number", number},
            {"confidence_level", found.confidence},
            {"verified", found.verified}};
  }

  dugout::sdk::Host host_;
  google::Settings settings_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(AddressLookup, "tool.address_lookup")

// Finds the address behind a postcode and a house number. The local backend reads the table
// `addresses`, which is filled from agents/data. [worker]; keeps nothing between calls.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "dugout/sdk/tool.hpp"
#include "uk/postcode.hpp"

namespace {

using nlohmann::json;

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
  "timeout_ms": 5000})";

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

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return upper(x) == upper(y); });
}

// YAML gives 14 as a number unless it is quoted.
std::string text_of(const json& row, const char* member) {
  const auto found = row.find(member);
  if (found == row.end()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

struct Address {
  std::string formatted, line_1, town, city;
  bool exact = false;
};

// The table of the directory. A row with house number "*" stands for the whole street.
class LocalAddresses {
 public:
  explicit LocalAddresses(dugout::sdk::Host host) : host_(host) {}

  dugout::Outcome<std::optional<Address>> find(const std::string& postcode,
                                               const std::string& house_number) const {
    const auto rows = host_.find_rows("addresses", json{{"postcode", postcode}}.dump());
    if (!rows) return rows.error();
    std::optional<Address> street;
    for (const auto& row : json::parse(*rows)) {
      const auto number = text_of(row, "house_number");
      if (same(number, house_number)) return std::optional(address(row, {}));
      if (number == "*" && !street && has_digit(house_number)) street = address(row, house_number);
    }
    return street;
  }

 private:
  static bool has_digit(std::string_view text) {
    return std::any_of(text.begin(), text.end(), is_digit);
  }

  static Address address(const json& row, const std::string& number) {
    const auto before = number.empty() ? std::string{} : number + " ";
    return {before + text_of(row, "formatted_address"), before + text_of(row, "line_1"),
            text_of(row, "town"), text_of(row, "city"), number.empty()};
  }

  dugout::sdk::Host host_;
};

std::string refused(std::string_view code, std::string_view message, bool retryable = false) {
  return json{{"ok", false},
              {"error", {{"code", code}, {"message", message}, {"retryable", retryable}}}}
      .dump();
}

class AddressLookup final : public dugout::sdk::Tool {
 public:
  AddressLookup(std::string_view /*config*/, dugout::sdk::Host host) : addresses_(host) {}

  std::string describe() const override { return std::string(kDeclaration); }

  // [worker]
  dugout::Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
    const auto wanted = json::parse(args);
    const auto postcode = uk::postcode_of(wanted["postcode"].get<std::string>());
    const auto number = house_number_of(wanted["house_number"].get<std::string>());
    if (postcode.empty()) return refused("invalid_postcode", "That is not a full UK postcode.");
    if (number.empty()) return refused("invalid_house_number", "The house number is missing.");
    const auto found = addresses_.find(postcode, number);
    if (!found) return refused("unavailable", "Addresses cannot be looked up now.", true);
    if (!*found) return refused("not_found", "No address is known for this postcode and number.");
    const auto& address = **found;
    auto verified = json::array({"postcode"});
    if (address.exact) verified.push_back("house_number");
    return json{{"ok", true},
                {"data",
                 {{"formatted_address", address.formatted},
                  {"line_1", address.line_1},
                  {"town", address.town},
                  {"city", address.city},
                  {"post_code", postcode},
                  {"house_number", number},
                  {"confidence_level", address.exact ? "High" : "Medium"},
                  {"verified", verified}}}}
        .dump();
  }

 private:
  LocalAddresses addresses_;
};

}  // namespace

DUGOUT_TOOL_PLUGIN(AddressLookup, "tool.address_lookup")

#include "verdict.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dugout/sdk/plain_text.hpp"

namespace uk_address {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kParts{
    {{"street_number", "house number or name"},
     {"premise", "house number or name"},
     {"subpremise", "flat number"},
     {"route", "street"},
     {"locality", "town"},
     {"postal_town", "town"},
     {"postal_code", "postcode"}}};
constexpr std::array<std::string_view, 6> kGranularities{
    "sub_premise", "premise", "premise_proximity", "block", "route", "other"};

const json& member(const json& object, const char* name) {
  static const json kNone;
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() ? *found : kNone;
}

std::string text_in(const json& object, const char* name) {
  const auto& found = member(object, name);
  return found.is_string() ? dugout::sdk::tidy(found.get<std::string>()) : std::string{};
}

bool flag(const json& object, const char* name) {  // absent means false
  const auto& found = member(object, name);
  return found.is_boolean() && found.get<bool>();
}

std::vector<std::string> parts_in(const json& address, const char* name) {
  std::vector<std::string> out;
  const auto& types = member(address, name);
  for (const auto& [type, word] : kParts) {
    const bool named =
        types.is_array() && std::find(types.begin(), types.end(), type) != types.end();
    if (named && std::find(out.begin(), out.end(), word) == out.end()) out.emplace_back(word);
  }
  return out;
}

std::string granularity_in(const json& verdict) {
  const auto name = dugout::sdk::lower(text_in(verdict, "validationGranularity"));
  const bool known =
      std::find(kGranularities.begin(), kGranularities.end(), name) != kGranularities.end();
  return known ? name : "";
}

bool vague(const std::string& granularity) {
  return granularity.empty() || granularity == "other" || granularity == "route";
}

// The service's own advice, or the same worked out where an answer has none.
Verdict::Kind kind_of(const json& verdict, const Verdict& seen, bool unresolved) {
  const auto action = text_in(verdict, "possibleNextAction");
  if (action == "ACCEPT") return Verdict::Kind::kValid;
  if (action == "FIX") return Verdict::Kind::kFix;
  if (action.starts_with("CONFIRM")) return Verdict::Kind::kConfirm;
  if (vague(seen.granularity) || unresolved || !seen.missing.empty()) return Verdict::Kind::kFix;
  const bool doubt = seen.corrected || flag(verdict, "hasUnconfirmedComponents") ||
                     flag(verdict, "hasInferredComponents") || !flag(verdict, "addressComplete");
  return doubt ? Verdict::Kind::kConfirm : Verdict::Kind::kValid;
}

}  // namespace

json validation_question(const Address& address) {
  auto lines = json::array({address.line_1});
  if (address.town != address.city) lines.push_back(address.town);
  return {{"address",
           {{"regionCode", "GB"},
            {"postalCode", address.post_code},
            {"locality", address.city},
            {"addressLines", lines}}}};
}

std::optional<Verdict> read_verdict(const json& answer) {
  const auto& result = member(answer, "result");
  const auto& verdict = member(result, "verdict");
  const auto& address = member(result, "address");
  if (!verdict.is_object() || !address.is_object()) return std::nullopt;
  Verdict out;
  out.granularity = granularity_in(verdict);
  out.missing = parts_in(address, "missingComponentTypes");
  out.unsure = parts_in(address, "unconfirmedComponentTypes");
  out.corrected =
      flag(verdict, "hasSpellCorrectedComponents") || flag(verdict, "hasReplacedComponents");
  out.formatted = text_in(address, "formattedAddress");
  out.region = text_in(member(address, "postalAddress"), "regionCode");
  const auto& tokens = member(address, "unresolvedTokens");
  out.kind = kind_of(verdict, out, tokens.is_array() && !tokens.empty());
  if (out.kind == Verdict::Kind::kFix && out.missing.empty() && out.unsure.empty()) {
    out.unsure = {out.granularity == "route" ? "house number or name" : "street"};
  }
  return out;
}

}  // namespace uk_address

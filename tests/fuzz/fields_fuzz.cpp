// What a person typed, through the tools that check fields: the first byte picks one. What is taken
// is taken again as the same, and no tool falls over a text.
#include <memory>
#include <vector>

#include "core/text.hpp"
#include "support/plugin_harness.hpp"
#include "target.hpp"

using dugout::fuzz::require;
using dugout::test::PluginUnderTest;
using nlohmann::json;

namespace {

struct Check {
  const char *id, *argument;
  json more = json::object();
  bool again = true;  // its value is a text that it takes
};

const std::vector<Check>& checks() {
  static const std::vector<Check> all{
      {"tool.phone_validation", "phone", {{"kind", "mobile"}, {"region", "GB"}}},
      {"tool.postcode_validation", "postcode"},
      {"tool.date_validation", "date"},
      {"tool.child_dob_validation", "date_of_birth", {{"age_group", "u9"}, {"season", "2526"}}},
      {"tool.person_name_validation",
       "full_name",
       {{"extract_parts", true}, {"tidy", true}},
       false},
      {"tool.email_validation", "email"},
      {"tool.medical_issues_validation", "has_issues", json::object(), false},
      {"tool.medical_issues_validation", "has_issues", {{"mode", "details"}}, false},
      {"tool.address_validation", "address", json::object(), false}};
  return all;
}

json run(PluginUnderTest& plugin, const Check& check, const std::string& text) {
  auto args = check.more;
  args[check.argument] = text;
  const auto answer = plugin.start(args.dump());
  require(answer.done(), "a check answers");
  const auto result = json::parse(answer.text, nullptr, false);
  require(result.is_object() && result["ok"].is_boolean(), "with a result");
  return result;
}

}  // namespace

FUZZ_TARGET(fields) {
  static const auto plugins = [] {
    std::vector<std::unique_ptr<PluginUnderTest>> all;
    for (const auto& check : checks()) all.push_back(std::make_unique<PluginUnderTest>(check.id));
    return all;
  }();
  if (input.empty()) return;
  const auto at = static_cast<unsigned char>(input.front()) % checks().size();
  const auto& check = checks()[at];
  const auto result = run(*plugins[at], check, dugout::core::to_utf8(input.substr(1)));
  if (result["ok"] == false) {
    require(result["error"]["code"].is_string(), "a refusal has a code");
    return;
  }
  require(result["data"]["value"].is_string(), "what is taken has a value");
  if (!check.again) return;
  const auto value = result["data"]["value"].get<std::string>();
  const auto same = run(*plugins[at], check, value);
  require(same["ok"] == true && same["data"]["value"] == value, "a value is taken as it stands");
}

#include "payments/answers.hpp"

#include "dugout/sdk/tool_result.hpp"

namespace payments {

using dugout::Code;
using nlohmann::json;

std::string accepted(const json& data) {
  return json{{"ok", true}, {"data", data}}.dump();
}

std::string refusal(const dugout::Error& error) {
  using dugout::sdk::refused;
  switch (error.code) {
    case Code::kRefused:
      return refused("not_configured",
                     "Online payments are not available at the moment. Please let the club know.");
    case Code::kInvalid:
      return refused("payment_refused",
                     "The payment provider did not accept this. Please let the club know.");
    case Code::kNotFound:
      return refused("not_found", "This payment link is not known. Please check the link.");
    default:
      return refused("unavailable",
                     "Payments cannot be set up just now. Please try again in a few minutes.",
                     true);
  }
}

std::string missing_among(const json& args, std::initializer_list<const char*> names) {
  std::string missing;
  for (const auto* name : names) {
    const auto text = args.value(name, "");
    if (text.find_first_not_of(" \t\r\n") != text.npos) continue;
    missing += (missing.empty() ? "" : ", ") + std::string(name);
  }
  return missing.empty() ? "" : "Missing: " + missing + ".";
}

std::string key_of(std::string_view context) {
  return json::parse(context).value("idempotency_key", "");
}

}  // namespace payments

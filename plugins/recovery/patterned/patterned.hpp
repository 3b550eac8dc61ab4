// What the recovery strategies of this folder share: their settings name patterns (those of
// plugin.yaml, where nobody gave others), a failure is held against them, and what is not
// recognised is left to the next strategy. A strategy says what it advises, and nothing else.
// Header-only; no plugin itself. [any]
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dugout/sdk/patterns.hpp"
#include "dugout/sdk/recovery.hpp"

namespace patterned {

using nlohmann::json;

class Strategy : public dugout::sdk::Recovery {
 public:
  dugout::Outcome<std::string> advise(std::string_view text) const final {
    try {
      return recognise(json::parse(text));
    } catch (const json::exception&) {
      return dugout::Error{dugout::Code::kInvalid, "the failure is not the JSON object of abi.h"};
    }
  }

 protected:
  explicit Strategy(const json& config)
      : patterns_{list(config, "codes"), list(config, "classes"), list(config, "texts")} {}

  static std::vector<std::string> list(const json& config, const char* name) {
    return config.value(name, std::vector<std::string>());
  }

  static json read(std::string_view config) { return json::parse(config.empty() ? "{}" : config); }

  // The advice, with everything but `why`.
  virtual json advice() const = 0;
  // Why this failure is not this strategy's although a pattern fits; empty = it is.
  virtual std::string veto(const json& /*failure*/) const { return {}; }
  // Recognises by something else than a pattern; empty = it does not.
  virtual std::string otherwise(const json& /*failure*/) const { return {}; }

 private:
  dugout::Outcome<std::string> recognise(const json& failure) const {
    if (const auto no = veto(failure); !no.empty()) {
      return dugout::Error{dugout::Code::kNotApplicable, no};
    }
    const auto cls = failure.value("class", "");
    // Without a status no provider spoke: a check of the answer may use the same words.
    const bool spoken = failure.value("status", 0) != 0 || cls == "unknown";
    auto why =
        patterns_.match(failure.value("code", ""), cls, spoken ? failure.value("message", "") : "");
    if (why.empty()) why = otherwise(failure);
    if (why.empty()) return dugout::Error{dugout::Code::kNotApplicable, "not one of its patterns"};
    auto advised = advice();
    advised["why"] = why;
    return advised.dump();
  }

  dugout::sdk::Patterns patterns_;
};

}  // namespace patterned

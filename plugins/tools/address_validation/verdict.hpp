// Reads what Google's Address Validation says about an address. Pure. [any]
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "uk_address.hpp"

namespace uk_address {

struct Verdict {
  enum class Kind { kValid, kConfirm, kFix };
  Kind kind = Kind::kConfirm;
  std::string granularity;           // what was verified: "premise", "route" ...; empty = nothing
  std::vector<std::string> missing;  // words for people: "street"; parts the service did not see
  std::vector<std::string> unsure;   // parts it saw and does not know
  bool corrected = false;            // it spelt or replaced something
  std::string formatted;             // as the service writes it
  std::string region;                // "GB"
};

nlohmann::json validation_question(const Address& address);

// Nothing when the answer holds no verdict.
std::optional<Verdict> read_verdict(const nlohmann::json& answer);

}  // namespace uk_address

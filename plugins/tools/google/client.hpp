// One question to a Google address service over the host's http/1. [worker]; no state.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "dugout/sdk/http.hpp"
#include "google/settings.hpp"

namespace google {

using Headers = std::vector<std::pair<std::string, std::string>>;

// POSTs `question`; the key travels in a header, never in the address. The answer is a JSON object
// without an "error". Errors: kRefused = key, rights or billing, the operator's to mend;
// kUnavailable = later it may work, whatever came instead of an answer. The message is the
// operator's cause.
dugout::Outcome<nlohmann::json> ask(const dugout::sdk::Host& host, const Settings& settings,
                                    const std::string& url, const nlohmann::json& question,
                                    const Headers& more = {});

}  // namespace google

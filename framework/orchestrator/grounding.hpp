// Has the person said it? A phone number, an email or a postcode that a model proposes decides whom
// the club writes to and who is found; so it has to stand in the person's own messages, whatever a
// model has read elsewhere. Pure, [any], linear.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dugout::orchestrator {

// `value`: as its check stores it. True for values of other kinds, which their own checks and the
// summary are for.
bool said_by_person(std::string_view value, const std::vector<std::string>& messages);

}  // namespace dugout::orchestrator

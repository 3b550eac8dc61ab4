// What a server is told of access: operators, origins, and the key that binds conversations. One
// thread.
#pragma once

#include "cli/app.hpp"
#include "http/access.hpp"

namespace dugout::cli {

http::AccessOptions access_options(const config::Settings& settings);

// The key in the data folder, made at the first start; where none can be kept, "", with a word in
// the log: then conversations are bound for as long as the process lives.
std::string chat_key(Set& set);

// Who works at the command line, as the audit log names them: "cli:anna".
std::string command_user();

// A line of the audit log for what a command did; what cannot be written is told in the log.
void tell_audit(Set& set, std::string_view who, std::string_view what, std::string_view target,
                std::string_view outcome = "ok");

}  // namespace dugout::cli

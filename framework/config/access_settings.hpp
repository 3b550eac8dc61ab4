// Who may do what: `operators:` and `access:` of dugout.yaml. Plain values: cli makes options of
// them. [any]
#pragma once

#include <string>
#include <vector>

#include "config/secret.hpp"

namespace dugout::config {

// Somebody who may look after the server, known by a token: of its hash, or of itself.
struct OperatorSettings {
  std::string name;
  std::string role;        // viewer, operator, admin
  std::string token_hash;  // as `dugout token new` prints it
  Secret token;            // from the environment or a file, instead of the hash
};

struct AccessSettings {
  // Conversations that clients name themselves: "open" (who knows the name goes on with it) or
  // "bound" (to whoever began it).
  std::string client_sessions = "open";
  std::vector<std::string> hosts;         // names we answer to, besides our own; "*" = any
  std::vector<std::string> cors_origins;  // whose pages may use the chat
};

}  // namespace dugout::config

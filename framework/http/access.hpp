// Who may do what over HTTP: roles, the operators there are, and what a server is told of access.
// Immutable once the server is made, so [any].
#pragma once

#include <string>
#include <vector>

#include "observability/audit.hpp"

namespace dugout::http {

// In order: each may do what those before it may.
enum class Role { kAnyone, kViewer, kOperator, kAdmin };

const char* name_of(Role role);
Role role_named(std::string_view name);  // kAnyone: there is none of this name

// Known by the hash of a token, or by the token itself.
struct OperatorEntry {
  std::string name;
  Role role = Role::kViewer;
  std::string token_hash, token;
};

struct AccessOptions {
  std::vector<OperatorEntry> operators;
  bool bound_names = false;               // also what clients name themselves is bound to them
  std::vector<std::string> hosts;         // that we answer to besides our own; "*" = any
  std::vector<std::string> cors_origins;  // whose pages may use the chat
  std::string chat_key;                   // binds conversations; empty = one of this process alone
  observability::AuditLog* audit = nullptr;
};

}  // namespace dugout::http

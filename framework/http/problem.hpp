// Errors over HTTP as application/problem+json (RFC 9457): what, where, and how to mend it. [any]
#pragma once

#include <optional>
#include <string>

#include "dugout/sdk/outcome.hpp"

namespace dugout::http {

struct Problem {
  int status = 500;
  std::string title;
  std::string detail;
  std::string pointer;             // JSON pointer of the member that is wrong, or empty
  std::optional<int> retry_after;  // s
  std::string allow;               // of a 405
  std::string authenticate;        // of a 401: WWW-Authenticate
  std::string members;             // a JSON object: further members of the problem; may be empty
  bool close = false;              // the rest of the request was not read

  std::string json() const;
};

// A member of the body that cannot be used; an empty pointer = the body as a whole.
Problem problem_at(int status, std::string title, std::string pointer, std::string detail);

// An error of the orchestrator as a problem: 409, 422, 503 or 500.
Problem problem_of(const Error& error);

}  // namespace dugout::http

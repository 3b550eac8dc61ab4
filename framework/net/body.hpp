// The body of an answer: chunked, of an announced length, or up to the end of the connection.
#pragma once

#include <string>

#include "dugout/sdk/outcome.hpp"
#include "net/connection.hpp"

namespace dugout::net {

struct Body {
  std::string bytes;
  bool reusable = false;  // the connection stands at the start of the next answer
};

// kUnavailable: cut off. kInvalid: broken framing, or more than `limit` bytes; what was read is
// dropped and the connection is of no further use. Throws what Poco throws when reading fails.
Outcome<Body> receive_body(Connection& connection, const Poco::Net::HTTPResponse& head,
                           bool to_head_request, std::size_t limit);

}  // namespace dugout::net

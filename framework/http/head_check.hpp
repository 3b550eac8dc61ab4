// What is wrong with the head of a request. Pure, so [any].
#pragma once

#include <Poco/Net/HTTPRequest.h>

#include <optional>
#include <string_view>

#include "http/problem.hpp"
#include "observability/door_figures.hpp"

namespace dugout::http {

struct HeadFault {
  Problem problem;
  observability::Refusal reason;
};

// Of a head that Poco refused, by its words; `bytes` of it were read.
HeadFault unreadable_head(std::string_view why, std::size_t bytes);
HeadFault head_too_large(std::size_t limit);
HeadFault head_too_slow();
// Where the body ends must be said once and clearly: a proxy in front may read it in another way,
// and what one takes for a body is a request to the other (RFC 9112, 6.3). So must the names of
// headers be clear, all of them (RFC 9112, 5.1).
std::optional<HeadFault> check_framing(const Poco::Net::HTTPRequest& request);

}  // namespace dugout::http

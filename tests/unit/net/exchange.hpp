// What the tests of the client share: a request, and a server that always answers the same.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "net/http_client.hpp"
#include "support/http_double.hpp"

namespace exchange::test {

using dugout::Code;
using dugout::net::HttpLimits;
using dugout::net::HttpRequest;
using dugout::net::make_http_client;
using dugout::test::DoubleReply;
using dugout::test::DoubleRequest;
using dugout::test::HttpDouble;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Steady = std::chrono::steady_clock;

// For an exchange whose time is not what the test is about, however busy the machine.
constexpr auto kAmple = seconds(60);

inline HttpRequest post(const std::string& url, std::string body = "{}") {
  HttpRequest request;
  request.url = url;
  request.headers["content-type"] = "application/json";
  request.body = std::move(body);
  return request;
}

inline HttpDouble::Handler always(DoubleReply reply) {
  return [reply = std::move(reply)](const DoubleRequest&) { return reply; };
}

}  // namespace exchange::test

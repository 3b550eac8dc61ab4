// One request and its answer, with what every endpoint needs: the body within its limit and time,
// an answer as JSON or as a problem, and the headers that keep a browser safe. One thread.
#pragma once

#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "http/problem.hpp"

namespace dugout::http {

class Exchange {
 public:
  Exchange(Poco::Net::HTTPServerRequest& request, Poco::Net::HTTPServerResponse& response)
      : request_(request), response_(response) {}

  Poco::Net::HTTPServerRequest& request() { return request_; }
  std::string path() const;  // without query
  bool has_body() const;

  // The body, or the problem with it: over `limit` bytes, slower than `within`, cut off, or without
  // a Content-Length.
  std::optional<Problem> read_body(std::size_t limit, core::Duration within, core::Clock& clock,
                                   std::string& body);
  // 415 unless the media type is `wanted`.
  std::optional<Problem> require_type(std::string_view wanted) const;

  void json(int status, const std::string& body);
  void text(int status, std::string_view type, std::string_view body);
  void problem(const Problem& problem, core::Clock& clock);
  void close_afterwards() { response_.setKeepAlive(false); }
  bool sent() const { return response_.sent(); }

 private:
  bool read_some(core::MonoTime deadline, core::Clock& clock, std::string& piece);
  void discard_body(core::Clock& clock);
  void send(int status, std::string_view type, std::string_view body);

  Poco::Net::HTTPServerRequest& request_;
  Poco::Net::HTTPServerResponse& response_;
  bool body_read_ = false;
};

}  // namespace dugout::http

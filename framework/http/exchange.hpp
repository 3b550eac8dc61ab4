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
#include "http/route_path.hpp"

namespace dugout::http {

class Exchange {
 public:
  Exchange(Poco::Net::HTTPServerRequest& request, Poco::Net::HTTPServerResponse& response)
      : request_(request), response_(response) {}

  Poco::Net::HTTPServerRequest& request() { return request_; }
  std::string path() const;    // without query
  std::string target() const;  // path and query, as they were sent
  // A parameter of the query, as it was sent; nullopt = it is not there.
  std::optional<std::string> query(std::string_view name) const;
  bool has_body() const;
  // There is one of which not all was taken: what follows it cannot be told from it.
  bool left_unread() const { return has_body() && !body_read_; }
  // Is it HTTP/1.0 or 1.1? Else the answer is of 1.1, where it would begin with what was sent.
  bool known_version();
  // What stands in a place of the route's path.
  void take_parts(PathParts parts) { parts_ = std::move(parts); }
  const std::string& part(std::string_view name) const { return parts_.find(name)->second; }

  // The body, or the problem with it: over `limit` bytes, slower than `within`, cut off, or without
  // a Content-Length. In a hurry a small one has three seconds. `quiet`: who sends nothing, or next
  // to nothing, has no longer than this.
  std::optional<Problem> read_body(std::size_t limit, core::Duration within, core::Clock& clock,
                                   std::string& body, core::Duration quiet = core::Duration::max());
  // 415 unless the media type is `wanted`.
  std::optional<Problem> require_type(std::string_view wanted) const;

  // Which operator asks; "" = nobody has shown a token.
  void asked_by(std::string who) { who_ = std::move(who); }
  const std::string& who() const { return who_; }
  // What a program needs to go on with its conversation, in the reply as in a problem; "" = its id
  // is enough, or a cookie holds it.
  void give_session_token(std::string token) { session_token_ = std::move(token); }
  const std::string& session_token() const { return session_token_; }

  // Of the answer; before it is sent.
  void only_by_https(std::chrono::seconds how_long) { only_by_https_ = how_long; }
  void varies_by_origin() { varies_by_origin_ = true; }
  void header(const std::string& name, const std::string& value) { response_.set(name, value); }
  void json(int status, const std::string& body);
  void text(int status, std::string_view type, std::string_view body);
  // A page whose forms lead back to us, and from here to where a service goes on.
  void page(int status, std::string_view html);
  void see_other(const std::string& url);
  void nothing(int status);  // an answer without a body
  // An answer of lines that are sent as they come, chunked. These three may be called from several
  // threads, but one at a time.
  void begin_lines(std::string_view type);
  bool line(std::string_view text);  // false: the client has gone, or does not read
  bool gone();                       // it has closed its side, or a line did not reach it
  void problem(const Problem& problem, core::Clock& clock);
  // What a problem asks for besides its words: Retry-After, Allow, an end of the connection.
  void settle(const Problem& problem, core::Clock& clock);
  // Threads are scarce: nobody is waited for long, here or afterwards.
  void hurry() {
    hurried_ = true;
    close_afterwards();
  }
  void close_afterwards() { response_.setKeepAlive(false); }
  bool sent() const { return response_.sent(); }

 private:
  bool read_some(core::MonoTime deadline, core::Clock& clock, std::string& piece);
  std::ostream& send_head(int status);
  void send(int status, std::string_view type, std::string_view body);

  Poco::Net::HTTPServerRequest& request_;
  Poco::Net::HTTPServerResponse& response_;
  PathParts parts_;
  std::string who_, session_token_;
  std::chrono::seconds only_by_https_{0};  // 0 = it is not said
  bool varies_by_origin_ = false, hurried_ = false, body_read_ = false;
  std::ostream* lines_ = nullptr;  // of the answer under way
};

}  // namespace dugout::http

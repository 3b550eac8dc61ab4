#include "http/exchange.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/MediaType.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Timespan.h>

#include <algorithm>

#include "core/text.hpp"

namespace dugout::http {
namespace {

constexpr std::streamsize kPiece = 16 * 1024;
constexpr std::size_t kDiscardBytes = 64U << 20;
constexpr auto kDiscardWithin = std::chrono::seconds(5);

// Nothing but our own files runs in a page, and no other site may frame it.
constexpr auto kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// A problem with the body itself: what is left of it is not worth reading.
Problem body_problem(int status, std::string title, std::string detail) {
  Problem problem;
  problem.status = status;
  problem.title = std::move(title);
  problem.detail = std::move(detail);
  problem.close = true;
  return problem;
}

Problem too_large(std::size_t limit) {
  return body_problem(413, "Too large",
                      "The body may have at most " + std::to_string(limit) + " bytes.");
}

Problem length_required() {
  return body_problem(411, "Length required",
                      "Send a Content-Length; a chunked body is not taken.");
}

Problem cut_off() {
  return body_problem(400, "Cut off", "The body ended before its Content-Length.");
}

Problem too_slow() {
  return body_problem(408, "Too slow", "The request did not arrive in time.");
}

}  // namespace

std::string Exchange::path() const {
  std::string_view uri = request_.getURI();
  // The absolute form of a proxy's request names scheme and host before the path (RFC 9112, 3.2.2).
  if (const auto scheme = uri.find("://"); scheme != uri.npos && scheme < uri.find('/')) {
    const auto slash = uri.find('/', scheme + 3);
    uri = slash == uri.npos ? std::string_view("/") : uri.substr(slash);
  }
  return std::string(uri.substr(0, uri.find('?')));
}

bool Exchange::has_body() const {
  return request_.getChunkedTransferEncoding() ||
         (request_.hasContentLength() && request_.getContentLength64() > 0);
}

// Takes what one read of the socket gives, so that a deadline is looked at between the reads; the
// socket's own time-out is what is left of it. False at the end, or when time is up.
bool Exchange::read_some(core::MonoTime deadline, core::Clock& clock, std::string& piece) {
  const auto left = deadline - clock.now();
  if (left <= core::Duration::zero()) return false;
  auto& socket = dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(request_).socket();
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(left).count();
  const auto usual = socket.getReceiveTimeout();
  socket.setReceiveTimeout(Poco::Timespan(us + 1));
  auto* buffer = request_.stream().rdbuf();
  piece.clear();
  const auto first = buffer->sbumpc();
  if (first == std::char_traits<char>::eof()) return false;
  piece += static_cast<char>(first);
  const auto more = std::min<std::streamsize>(buffer->in_avail(), kPiece);
  if (more > 0) {
    piece.resize(1 + static_cast<std::size_t>(more));
    buffer->sgetn(piece.data() + 1, more);
  }
  socket.setReceiveTimeout(usual);  // the next request of the connection starts afresh
  return true;
}

std::optional<Problem> Exchange::read_body(std::size_t limit, core::Duration within,
                                           core::Clock& clock, std::string& body) {
  if (!request_.hasContentLength()) return length_required();
  const auto announced = request_.getContentLength64();
  if (announced > static_cast<Poco::Int64>(limit)) return too_large(limit);
  const auto deadline = clock.now() + within;
  std::string piece;
  try {
    while (body.size() < static_cast<std::size_t>(announced) && read_some(deadline, clock, piece)) {
      body += piece;
    }
  } catch (const Poco::TimeoutException&) {
    return too_slow();
  }
  if (body.size() < static_cast<std::size_t>(announced)) {
    return clock.now() >= deadline ? too_slow() : cut_off();
  }
  body_read_ = true;
  return std::nullopt;
}

// A connection that is closed with bytes unread is reset, and the client never sees the answer: so
// the rest of a body is thrown away first, within bounds.
void Exchange::discard_body(core::Clock& clock) {
  if (!has_body() || body_read_) return;
  const auto deadline = clock.now() + kDiscardWithin;
  std::string piece;
  std::size_t size = 0;
  try {
    while (size < kDiscardBytes && read_some(deadline, clock, piece)) size += piece.size();
  } catch (const Poco::Exception&) {
    // Nobody is there to be told.
  }
  body_read_ = true;
}

std::optional<Problem> Exchange::require_type(std::string_view wanted) const {
  const Poco::Net::MediaType type(request_.getContentType());
  if (core::lower(type.getType() + "/" + type.getSubType()) == wanted) return std::nullopt;
  return body_problem(415, "Unsupported media type",
                      "Send the body as " + std::string(wanted) + ".");
}

void Exchange::json(int status, const std::string& body) {
  send(status, "application/json", body);
}

void Exchange::text(int status, std::string_view type, std::string_view body) {
  send(status, type, body);
}

void Exchange::problem(const Problem& problem, core::Clock& clock) {
  if (problem.close) discard_body(clock);
  if (problem.retry_after) response_.set("Retry-After", std::to_string(*problem.retry_after));
  if (!problem.allow.empty()) response_.set("Allow", problem.allow);
  if (problem.close) response_.setKeepAlive(false);
  send(problem.status, "application/problem+json", problem.json());
}

void Exchange::send(int status, std::string_view type, std::string_view body) {
  response_.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(status));
  response_.setContentType(std::string(type));
  response_.setContentLength64(static_cast<Poco::Int64>(body.size()));
  response_.set("X-Content-Type-Options", "nosniff");
  response_.set("Referrer-Policy", "no-referrer");
  response_.set("Content-Security-Policy", kContentPolicy);
  response_.set("Cache-Control", "no-store");
  auto& out = response_.send();
  if (request_.getMethod() != Poco::Net::HTTPRequest::HTTP_HEAD) {
    out.write(body.data(), static_cast<std::streamsize>(body.size()));
  }
  out.flush();
}

}  // namespace dugout::http

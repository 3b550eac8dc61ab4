#include "http/exchange.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/MediaType.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Timespan.h>

#include <algorithm>

#include "core/text.hpp"
#include "http/safe_headers.hpp"

namespace dugout::http {
namespace {

constexpr std::streamsize kPiece = 16 * 1024;
// Bytes a second: a phone on a bad line sends a photo at this rate, and is waited for.
constexpr std::size_t kSlowestLine = 16 * 1024;
// The same, of a line that has its time but is not dead.
constexpr std::size_t kFaintestLine = 4 * 1024;

// What a person says comes in one packet or a few.
constexpr Poco::Int64 kSmallBody = 64 * 1024;
constexpr auto kHurriedBody = std::chrono::seconds(3);

// No script at all. Browsers hold form-action also against where an answer to a form leads, and
// that is a payment service's page.
constexpr auto kPagePolicy =
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'self' https:; frame-ancestors 'none'";

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

std::string Exchange::target() const {
  std::string_view uri = request_.getURI();
  // The absolute form of a proxy's request names scheme and host before the path (RFC 9112, 3.2.2).
  if (const auto scheme = uri.find("://"); scheme != uri.npos && scheme < uri.find('/')) {
    const auto slash = uri.find('/', scheme + 3);
    uri = slash == uri.npos ? std::string_view("/") : uri.substr(slash);
  }
  return std::string(uri);
}

std::string Exchange::path() const {
  const auto whole = target();
  return whole.substr(0, whole.find('?'));
}

std::optional<std::string> Exchange::query(std::string_view name) const {
  const auto whole = target();
  const auto mark = whole.find('?');
  if (mark == whole.npos) return std::nullopt;
  for (const auto& pair : core::split(std::string_view(whole).substr(mark + 1), '&')) {
    const auto equals = std::min(pair.find('='), pair.size());
    if (pair.substr(0, equals) == name) return pair.substr(std::min(equals + 1, pair.size()));
  }
  return std::nullopt;
}

bool Exchange::known_version() {
  using Message = Poco::Net::HTTPMessage;
  const auto& version = request_.getVersion();
  if (version == Message::HTTP_1_1 || version == Message::HTTP_1_0) return true;
  response_.setVersion(Message::HTTP_1_1);
  return false;
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
                                           core::Clock& clock, std::string& body,
                                           core::Duration quiet) {
  if (!request_.hasContentLength()) return length_required();
  const auto announced = request_.getContentLength64();
  if (announced > static_cast<Poco::Int64>(limit)) return too_large(limit);
  if (hurried_ && announced <= kSmallBody) within = std::min<core::Duration>(within, kHurriedBody);
  quiet = std::min(quiet, within);
  const auto begun = clock.now();
  auto deadline = begun + quiet;
  std::string piece;
  try {
    while (body.size() < static_cast<std::size_t>(announced) && read_some(deadline, clock, piece)) {
      body += piece;
      deadline = begun + std::min<core::Duration>(
                             within + std::chrono::seconds(body.size() / kSlowestLine),
                             quiet + std::chrono::seconds(body.size() / kFaintestLine));
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

void Exchange::settle(const Problem& problem, core::Clock& /*clock*/) {
  if (problem.retry_after) response_.set("Retry-After", std::to_string(*problem.retry_after));
  if (!problem.allow.empty()) response_.set("Allow", problem.allow);
  if (!problem.authenticate.empty()) response_.set("WWW-Authenticate", problem.authenticate);
  if (problem.close) response_.setKeepAlive(false);
}

void Exchange::problem(const Problem& problem, core::Clock& clock) {
  settle(problem, clock);
  send(problem.status, "application/problem+json", problem.json());
}

void Exchange::page(int status, std::string_view html) {
  response_.set("Content-Security-Policy", kPagePolicy);
  send(status, "text/html; charset=utf-8", html);
}

void Exchange::see_other(const std::string& url) {
  response_.set("Location", url);
  send(303, "text/plain; charset=utf-8", "");
}

void Exchange::nothing(int status) {
  send_head(status).flush();
}

void Exchange::begin_lines(std::string_view type) {
  response_.setContentType(std::string(type));
  // HTTP/1.0 knows no chunks: there the end of the connection is the end of the answer.
  const bool chunks = request_.getVersion() == Poco::Net::HTTPMessage::HTTP_1_1;
  response_.setChunkedTransferEncoding(chunks);
  if (!chunks) response_.setKeepAlive(false);
  lines_ = &send_head(200);
  lines_->flush();
}

bool Exchange::line(std::string_view text) {
  lines_->write(text.data(), static_cast<std::streamsize>(text.size()));
  lines_->put('\n');
  return static_cast<bool>(lines_->flush());
}

bool Exchange::gone() {
  if (!*lines_) return true;
  auto& socket = dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(request_).socket();
  try {
    char next = 0;
    return socket.poll(Poco::Timespan(0), Poco::Net::Socket::SELECT_READ) &&
           socket.receiveBytes(&next, 1, MSG_PEEK) <= 0;
  } catch (const Poco::Exception&) {
    return true;  // the connection was reset
  }
}

std::ostream& Exchange::send_head(int status) {
  // A body that nobody read must not be taken for the next request.
  if (left_unread()) close_afterwards();
  const auto code = static_cast<Poco::Net::HTTPResponse::HTTPStatus>(status);
  const auto& reason = Poco::Net::HTTPResponse::getReasonForStatus(code);
  response_.setStatusAndReason(code, reason == "???" ? "Refused" : reason);
  keep_browser_safe(response_);
  if (only_by_https_.count() > 0) {
    response_.set("Strict-Transport-Security", "max-age=" + std::to_string(only_by_https_.count()));
  }
  if (varies_by_origin_) {
    const std::string vary = response_.get("Vary", "");  // a copy: the default is a temporary
    response_.set("Vary", vary.empty() ? "Origin" : vary + ", Origin");
  }
  return response_.send();
}

void Exchange::send(int status, std::string_view type, std::string_view body) {
  response_.setContentType(std::string(type));
  response_.setContentLength64(static_cast<Poco::Int64>(body.size()));
  auto& out = send_head(status);
  if (request_.getMethod() != Poco::Net::HTTPRequest::HTTP_HEAD) {
    out.write(body.data(), static_cast<std::streamsize>(body.size()));
  }
  out.flush();
}

}  // namespace dugout::http

#include "http/exchange.hpp"

#include <Poco/Net/MediaType.h>

#include <array>

namespace dugout::http {
namespace {

constexpr std::size_t kPiece = 16 * 1024;

// Nothing but our own files runs in a page, and no other site may frame it.
constexpr auto kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

Problem too_large(std::size_t limit) {
  Problem problem;
  problem.status = 413;
  problem.title = "Too large";
  problem.detail = "The body may have at most " + std::to_string(limit) + " bytes.";
  problem.close = true;
  return problem;
}

Problem too_slow() {
  Problem problem;
  problem.status = 408;
  problem.title = "Too slow";
  problem.detail = "The request did not arrive in time.";
  problem.close = true;
  return problem;
}

}  // namespace

std::string Exchange::path() const {
  const auto& uri = request_.getURI();
  return uri.substr(0, uri.find('?'));
}

std::optional<Problem> Exchange::read_body(std::size_t limit, core::Duration within,
                                           core::Clock& clock, std::string& body) {
  if (request_.hasContentLength() &&
      request_.getContentLength64() > static_cast<Poco::Int64>(limit)) {
    return too_large(limit);
  }
  const auto deadline = clock.now() + within;
  auto& stream = request_.stream();
  std::array<char, kPiece> piece{};
  while (stream) {
    stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    body.append(piece.data(), static_cast<std::size_t>(stream.gcount()));
    if (body.size() > limit) return too_large(limit);
    if (clock.now() > deadline) return too_slow();
  }
  if (request_.hasContentLength() && body.size() < static_cast<std::size_t>(request_.getContentLength64())) {
    Problem problem;
    problem.status = 400;
    problem.title = "Cut off";
    problem.detail = "The body ended before its Content-Length.";
    problem.close = true;
    return problem;
  }
  return std::nullopt;
}

std::optional<Problem> Exchange::require_type(std::string_view wanted) const {
  const Poco::Net::MediaType type(request_.getContentType());
  if (type.getType() + "/" + type.getSubType() == wanted) return std::nullopt;
  Problem problem;
  problem.status = 415;
  problem.title = "Unsupported media type";
  problem.detail = "Send the body as " + std::string(wanted) + ".";
  problem.close = true;
  return problem;
}

void Exchange::json(int status, const std::string& body) { send(status, "application/json", body); }

void Exchange::text(int status, std::string_view type, std::string_view body) {
  send(status, type, body);
}

void Exchange::problem(const Problem& problem) {
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

#include "net/body.hpp"

#include <Poco/Net/HTTPResponse.h>
#include <Poco/String.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace dugout::net {
namespace {

using Poco::Net::HTTPResponse;

constexpr std::size_t kBlock = 16U << 10;
constexpr std::size_t kLongestLine = 4096;  // of a chunk's size or a trailer
constexpr int kMostTrailers = 64;

Error too_large(std::size_t limit) {
  return Error{Code::kInvalid, "the answer is larger than " + std::to_string(limit) + " bytes"};
}
Error cut_off() {
  return Error{Code::kUnavailable, "the answer was cut off"};
}
Error broken(const char* what) {
  return Error{Code::kInvalid, std::string("the answer breaks HTTP: ") + what};
}

// Appends exactly `size` bytes.
Status append(Connection& connection, std::size_t size, std::string& out) {
  while (size > 0) {
    const auto start = out.size();
    const auto block = std::min(size, kBlock);
    out.resize(start + block);
    const int got = connection.receive(out.data() + start, static_cast<int>(block));
    out.resize(start + static_cast<std::size_t>(std::max(got, 0)));
    if (got <= 0) return cut_off();
    size -= static_cast<std::size_t>(got);
  }
  return Done{};
}

// Up to "\n", without the line end.
Outcome<std::string> line(Connection& connection) {
  std::string out;
  for (int c = connection.next(); c != '\n'; c = connection.next()) {
    if (c < 0) return cut_off();
    if (out.size() == kLongestLine) return broken("a chunk line is too long");
    out += static_cast<char>(c);
  }
  if (!out.empty() && out.back() == '\r') out.pop_back();
  return out;
}

Outcome<std::size_t> chunk_size(Connection& connection) {
  const auto text = line(connection);
  if (!text) return text.error();
  std::size_t size = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), size, 16);
  const auto rest = std::string_view(*text).substr(static_cast<std::size_t>(end - text->data()));
  const bool ends_well = rest.empty() || rest[0] == ';' || rest[0] == ' ' || rest[0] == '\t';
  if (failed != std::errc() || !ends_well) return broken("a chunk has no size");
  return size;
}

Outcome<Body> trailers(Connection& connection, std::string bytes) {
  for (int lines = 0; lines <= kMostTrailers; ++lines) {
    const auto text = line(connection);
    if (!text) return text.error();
    if (text->empty()) return Body{std::move(bytes), true};
  }
  return broken("too many trailers");
}

Outcome<Body> chunked(Connection& connection, std::size_t limit) {
  std::string bytes;
  while (true) {
    const auto size = chunk_size(connection);
    if (!size) return size.error();
    if (*size == 0) return trailers(connection, std::move(bytes));
    if (*size > limit - bytes.size()) return too_large(limit);
    if (auto status = append(connection, *size, bytes); !status) return status.error();
    const auto end = line(connection);
    if (!end) return end.error();
    if (!end->empty()) return broken("a chunk is longer than its size");
  }
}

Outcome<Body> of_length(Connection& connection, std::size_t length, std::size_t limit) {
  if (length > limit) return too_large(limit);
  std::string bytes;
  bytes.reserve(length);
  if (auto status = append(connection, length, bytes); !status) return status.error();
  return Body{std::move(bytes), true};
}

Outcome<Body> up_to_the_end(Connection& connection, std::size_t limit) {
  std::string bytes;
  std::array<char, kBlock> block;
  while (true) {
    const int got = connection.receive(block.data(), static_cast<int>(block.size()));
    if (got <= 0) break;
    if (static_cast<std::size_t>(got) > limit - bytes.size()) return too_large(limit);
    bytes.append(block.data(), static_cast<std::size_t>(got));
  }
  // Nothing at all is what is left when the connection broke within the head.
  if (bytes.empty()) return cut_off();
  return Body{std::move(bytes), false};
}

// nullopt = none given; an error when two disagree or it is no number.
Outcome<std::optional<std::size_t>> announced(const HTTPResponse& head) {
  std::optional<std::size_t> length;
  for (auto field = head.find(HTTPResponse::CONTENT_LENGTH); field != head.end(); ++field) {
    if (Poco::icompare(field->first, HTTPResponse::CONTENT_LENGTH) != 0) break;
    std::size_t value = 0;
    const auto& text = field->second;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc() || end != text.data() + text.size()) {
      return broken("Content-Length is no number");
    }
    if (length && *length != value) return broken("two values of Content-Length");
    length = value;
  }
  return length;
}

}  // namespace

Outcome<Body> receive_body(Connection& connection, const HTTPResponse& head, bool to_head_request,
                           std::size_t limit) {
  const int status = head.getStatus();
  if (to_head_request || status == HTTPResponse::HTTP_NO_CONTENT ||
      status == HTTPResponse::HTTP_NOT_MODIFIED) {
    return Body{{}, true};
  }
  if (head.getChunkedTransferEncoding()) return chunked(connection, limit);
  const auto length = announced(head);
  if (!length) return length.error();
  if (*length) return of_length(connection, **length, limit);
  return up_to_the_end(connection, limit);
}

}  // namespace dugout::net

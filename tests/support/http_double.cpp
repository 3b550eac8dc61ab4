// Plain sockets: a library's server would correct the bad manners that this one is for.
#include "support/http_double.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "core/text.hpp"

namespace dugout::test {
namespace {

constexpr auto kHeadEnd = std::string_view("\r\n\r\n");

bool fill(int socket, std::string& buffer) {
  std::array<char, 16384> block;
  const auto got = ::recv(socket, block.data(), block.size(), 0);
  if (got <= 0) return false;
  buffer.append(block.data(), static_cast<std::size_t>(got));
  return true;
}

void read_head(std::string_view head, DoubleRequest& request) {
  const auto lines = core::split(std::string(head), '\n');
  const auto first = core::split(std::string(core::trim(lines.at(0))), ' ');
  if (first.size() >= 2) {
    request.method = first[0];
    request.path = first[1];
  }
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto colon = lines[i].find(':');
    if (colon == std::string::npos) continue;
    request.headers[core::lower(lines[i].substr(0, colon))] =
        std::string(core::trim(std::string_view(lines[i]).substr(colon + 1)));
  }
}

std::string chunks_of(std::string_view body) {
  constexpr std::size_t kChunk = 1000;
  std::string out;
  while (!body.empty()) {
    const auto piece = body.substr(0, kChunk);
    std::array<char, 20> size{};
    std::snprintf(size.data(), size.size(), "%zx;x=1\r\n", piece.size());
    out.append(size.data()).append(piece).append("\r\n");
    body.remove_prefix(piece.size());
  }
  return out + "0\r\nX-Trailer: yes\r\n\r\n";
}

std::string head_of(const DoubleReply& reply) {
  std::string out = "HTTP/1.1 " + std::to_string(reply.status) + " Scripted\r\n";
  for (const auto& [name, value] : reply.headers) out += name + ": " + value + "\r\n";
  if (reply.chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  } else if (reply.status != 204) {
    out +=
        "Content-Length: " + std::to_string(reply.announced.value_or(reply.body.size())) + "\r\n";
  }
  return out + "\r\n";
}

}  // namespace

DoubleReply DoubleReply::json(int status, std::string body) {
  DoubleReply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

DoubleReply DoubleReply::cut(std::string body, End end) {
  auto reply = json(200, std::move(body));
  reply.announced = reply.body.size() * 2 + 1;
  reply.end = end;
  return reply;
}

DoubleReply DoubleReply::stalled() {
  auto reply = json(200, "{}");
  reply.stall = true;
  return reply;
}

DoubleReply DoubleReply::reset() {
  return bytes("", End::kReset);
}

DoubleReply DoubleReply::bytes(std::string raw, End end) {
  DoubleReply reply;
  reply.raw = std::move(raw);
  reply.end = end;
  return reply;
}

HttpDouble::HttpDouble(Handler handler, std::uint16_t port) : handler_(std::move(handler)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, plain, size) != 0 || ::listen(listener_, 4096) != 0 ||
      ::getsockname(listener_, plain, &size) != 0) {
    ::close(listener_);
    throw std::runtime_error("the HTTP double cannot listen");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

HttpDouble::~HttpDouble() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
  }
  changed_.notify_all();
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();  // from here on threads_ does not grow
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
}

std::string HttpDouble::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

int HttpDouble::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

int HttpDouble::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

std::vector<DoubleRequest> HttpDouble::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void HttpDouble::keep_requests(bool on) {
  const std::lock_guard lock(mutex_);
  keep_ = on;
}

void HttpDouble::release() {
  {
    const std::lock_guard lock(mutex_);
    released_ = true;
  }
  changed_.notify_all();
}

void HttpDouble::drop_connections() {
  const std::lock_guard lock(mutex_);
  for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
}

void HttpDouble::accept_all() {
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex_);
    if (stopping_ || socket < 0) {
      if (socket >= 0) ::close(socket);
      if (stopping_) return;
      continue;
    }
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    open_.insert(socket);
    const int number = ++connections_;
    threads_.emplace_back([this, socket, number] { serve(socket, number); });
  }
}

void HttpDouble::serve(int socket, int connection) {
  std::string buffer;
  auto end = DoubleReply::End::kKeep;
  while (end == DoubleReply::End::kKeep) {
    auto request = read_request(socket, buffer);
    if (!request) break;
    request->connection = connection;
    {
      const std::lock_guard lock(mutex_);
      ++count_;
      if (keep_) requests_.push_back(*request);
    }
    const auto scripted = handler_(*request);
    end = reply(socket, scripted) ? scripted.end : DoubleReply::End::kClose;
    if (scripted.end == DoubleReply::End::kReset) end = scripted.end;
  }
  finish(socket, end == DoubleReply::End::kReset);
}

std::optional<DoubleRequest> HttpDouble::read_request(int socket, std::string& buffer) const {
  auto head = buffer.find(kHeadEnd);
  while (head == buffer.npos) {
    if (!fill(socket, buffer)) return std::nullopt;
    head = buffer.find(kHeadEnd);
  }
  DoubleRequest request;
  read_head(std::string_view(buffer).substr(0, head), request);
  const auto start = head + kHeadEnd.size();
  const auto length = request.headers.find("content-length");
  const std::size_t size = length == request.headers.end() ? 0 : std::stoul(length->second);
  while (buffer.size() < start + size) {
    if (!fill(socket, buffer)) return std::nullopt;
  }
  request.body = buffer.substr(start, size);
  buffer.erase(0, start + size);
  return request;
}

bool HttpDouble::reply(int socket, const DoubleReply& reply) {
  if (reply.stall) wait_for_release(socket);
  if (reply.raw) return put(socket, *reply.raw, reply.drip);
  auto bytes = head_of(reply);
  if (reply.status != 204) bytes += reply.chunked ? chunks_of(reply.body) : reply.body;
  return put(socket, bytes, reply.drip);
}

bool HttpDouble::put(int socket, std::string_view bytes, std::chrono::milliseconds drip) {
  while (!bytes.empty()) {
    if (drip.count() > 0) {
      std::unique_lock lock(mutex_);
      if (changed_.wait_for(lock, drip, [this] { return stopping_; })) return false;
    }
    const auto piece = drip.count() > 0 ? bytes.substr(0, 1) : bytes;
    const auto sent = ::send(socket, piece.data(), piece.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void HttpDouble::wait_for_release(int socket) {
  std::unique_lock lock(mutex_);
  while (!stopping_ && !released_) {
    lock.unlock();
    pollfd gone{socket, POLLRDHUP, 0};
    const bool left = ::poll(&gone, 1, 0) > 0;
    lock.lock();
    if (left) return;
    changed_.wait_for(lock, std::chrono::milliseconds(5));
  }
}

void HttpDouble::finish(int socket, bool by_reset) {
  if (by_reset) {
    const linger now{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  const std::lock_guard lock(mutex_);
  open_.erase(socket);
  ::close(socket);
}

}  // namespace dugout::test

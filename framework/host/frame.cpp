#include "host/frame.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace dugout::host {
namespace {

constexpr std::size_t kMostTexts = 4;
constexpr std::size_t kMostBytes = std::size_t{64} << 20;  // of all texts of a frame

struct WireHead {
  std::uint64_t call, serial;
  std::int32_t status;
  std::uint8_t kind, op;
  std::uint16_t texts;
  std::array<std::uint32_t, kMostTexts> sizes;
};

bool receive(int socket, char* into, std::size_t size) {
  while (size > 0) {
    const auto got = ::recv(socket, into, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    into += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

// What was sent is taken off the front.
void advance(msghdr& message, std::size_t sent) {
  while (message.msg_iovlen > 0 && sent >= message.msg_iov->iov_len) {
    sent -= message.msg_iov->iov_len;
    ++message.msg_iov;
    --message.msg_iovlen;
  }
  if (message.msg_iovlen == 0) return;
  message.msg_iov->iov_base = static_cast<char*>(message.msg_iov->iov_base) + sent;
  message.msg_iov->iov_len -= sent;
}

using Deadline = std::chrono::steady_clock::time_point;

// false: not before the deadline. One for the whole frame: who takes a little of it now and then
// would keep the sender for ever.
bool takes_more(int socket, Deadline until) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    pollfd ready{socket, POLLOUT, 0};
    if (left.count() <= 0) return false;
    const int came = ::poll(&ready, 1, static_cast<int>(left.count()));
    if (came > 0) return true;
    if (came < 0 && errno != EINTR) return false;
  }
}

// Bytes that went out; 0 = no more do.
std::size_t send_some(int socket, const msghdr& message, bool waits, Deadline until) {
  for (;;) {
    const auto sent = ::sendmsg(socket, &message, MSG_NOSIGNAL | (waits ? 0 : MSG_DONTWAIT));
    if (sent > 0) return static_cast<std::size_t>(sent);
    if (sent < 0 && errno == EINTR) continue;
    const bool full = sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (!full || waits || !takes_more(socket, until)) return 0;
  }
}

bool is_sound(const WireHead& head) {
  if (head.kind > static_cast<std::uint8_t>(Frame::Kind::kServed) || head.texts > kMostTexts) {
    return false;
  }
  std::size_t all = 0;
  for (std::size_t at = 0; at < head.texts; ++at) all += head.sizes[at];
  return all <= kMostBytes;
}

}  // namespace

const std::string& Frame::text(std::size_t at) const {
  static const std::string none;
  return at < texts.size() ? texts[at] : none;
}

bool send_frame(int socket, const FrameHead& head, const std::vector<std::string_view>& texts,
                std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  WireHead wire{head.call,   head.serial,
                head.status, static_cast<std::uint8_t>(head.kind),
                head.op,     static_cast<std::uint16_t>(texts.size()),
                {}};
  std::array<iovec, kMostTexts + 1> parts{};
  parts[0] = {&wire, sizeof wire};
  std::size_t all = 0;
  if (texts.size() > kMostTexts) return false;
  for (std::size_t at = 0; at < texts.size(); ++at) {
    if (texts[at].size() > kMostBytes) return false;
    all += texts[at].size();
    wire.sizes[at] = static_cast<std::uint32_t>(texts[at].size());
    parts[at + 1] = {const_cast<char*>(texts[at].data()), texts[at].size()};
  }
  if (all > kMostBytes) return false;
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = texts.size() + 1;
  while (message.msg_iovlen > 0) {
    const auto sent = send_some(socket, message, limit.count() == 0, until);
    if (sent == 0) return false;
    advance(message, sent);
    if (limit.count() != 0 && std::chrono::steady_clock::now() >= until && message.msg_iovlen > 0) {
      return false;
    }
  }
  return true;
}

std::optional<Frame> read_frame(int socket) {
  WireHead wire{};
  if (!receive(socket, reinterpret_cast<char*>(&wire), sizeof wire) || !is_sound(wire)) {
    return std::nullopt;
  }
  Frame frame;
  frame.kind = static_cast<Frame::Kind>(wire.kind);
  frame.op = wire.op;
  frame.status = wire.status;
  frame.call = wire.call;
  frame.serial = wire.serial;
  for (std::size_t at = 0; at < wire.texts; ++at) {
    auto& text = frame.texts.emplace_back(wire.sizes[at], '\0');
    if (!receive(socket, text.data(), text.size())) return std::nullopt;
  }
  return frame;
}

}  // namespace dugout::host

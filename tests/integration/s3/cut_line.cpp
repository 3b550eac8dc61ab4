#include "cut_line.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace dugout::test {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(static_cast<std::uint16_t>(port));
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

int socket_to(int port) {
  const int out = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto where = loopback(port);
  if (::connect(out, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) {
    ::close(out);
    return -1;
  }
  return out;
}

}  // namespace

CutLine::CutLine(int server_port, std::size_t bytes, std::function<void()> broken)
    : server_port_(server_port), bytes_(bytes), broken_(std::move(broken)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto where = loopback(0);
  socklen_t size = sizeof where;
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&where), size) != 0 ||
      ::listen(listener_, 1) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&where), &size) != 0) {
    throw std::runtime_error("no port to listen on");
  }
  port_ = ntohs(where.sin_port);
  thread_ = std::thread([this] { pass_on(); });
}

CutLine::~CutLine() {
  ::shutdown(listener_, SHUT_RDWR);  // ends an accept that nobody answered
  thread_.join();
  ::close(listener_);
}

std::string CutLine::address() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

void CutLine::pass_on() {
  const int from = ::accept(listener_, nullptr, nullptr);
  if (from < 0) return;
  ::shutdown(listener_, SHUT_RDWR);
  const int to = socket_to(server_port_);
  std::array<char, 65536> block{};
  for (std::size_t passed = 0; to >= 0 && passed < bytes_;) {
    const auto got = ::recv(from, block.data(), std::min(block.size(), bytes_ - passed), 0);
    if (got <= 0 || ::send(to, block.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) {
      break;
    }
    passed += static_cast<std::size_t>(got);
  }
  broken_();
  if (to >= 0) ::close(to);
  ::close(from);
}

}  // namespace dugout::test

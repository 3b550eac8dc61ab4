#include "http/last_words.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace dugout::http {
namespace {

constexpr long long kHeardBytes = 64LL << 20;
constexpr auto kHeardWithin = std::chrono::seconds(5);
constexpr int kHeardPiece = 64 * 1024;

}  // namespace

void hear_out(SocketWatch& watch, int socket, long long announced, bool hurry) {
  // What is far too large is not taken to the end anyway: no thread waits for it.
  if (hurry || announced > kHeardBytes) {
    const int copy = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
    if (copy >= 0) watch.leave(copy);
    return;
  }
  ::shutdown(socket, SHUT_WR);
  const auto until = std::chrono::steady_clock::now() + kHeardWithin;
  std::array<char, kHeardPiece> piece;
  for (long long heard = 0; heard < kHeardBytes;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    pollfd waits{socket, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&waits, 1, static_cast<int>(left.count())) <= 0) return;
    const auto took = ::recv(socket, piece.data(), piece.size(), MSG_DONTWAIT);
    if (took <= 0) return;
    heard += took;
  }
}

}  // namespace dugout::http

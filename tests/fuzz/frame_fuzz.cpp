// What a child that runs a plugin sends to its host: the bytes of a socket, read as frames.
#include "host/frame.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include "target.hpp"

using namespace dugout;
using fuzz::require;

namespace {

// Both ends of a socket that takes all of a small input at once.
struct Ends {
  int end[2] = {-1, -1};
  Ends() { require(::socketpair(AF_UNIX, SOCK_STREAM, 0, end) == 0, "there are sockets"); }
  ~Ends() {
    for (const int one : end) ::close(one);
  }
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;
};

bool same_after_sending(const host::Frame& frame) {
  const Ends ends;
  const std::vector<std::string_view> texts(frame.texts.begin(), frame.texts.end());
  const host::FrameHead head{frame.kind, frame.op, frame.status, frame.call, frame.serial};
  if (!host::send_frame(ends.end[0], head, texts)) return false;
  const auto again = host::read_frame(ends.end[1]);
  return again && again->texts == frame.texts && again->op == frame.op &&
         again->serial == frame.serial && again->status == frame.status;
}

}  // namespace

FUZZ_TARGET(frame) {
  constexpr std::size_t kMost = 32U << 10;
  input = input.substr(0, kMost);
  const Ends ends;
  require(::send(ends.end[0], input.data(), input.size(), 0) == static_cast<ssize_t>(input.size()),
          "a small input is taken");
  ::shutdown(ends.end[0], SHUT_WR);
  while (const auto frame = host::read_frame(ends.end[1])) {
    require(same_after_sending(*frame), "a frame that was read is one");
  }
}

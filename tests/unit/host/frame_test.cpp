// What host and child send each other, and what is refused.
#include "host/frame.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

namespace dugout::host {
namespace {

struct Line {
  Line() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0); }
  ~Line() {
    for (const int end : ends) {
      if (end >= 0) ::close(end);
    }
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void hang_up() {
    ::close(ends[0]);
    ends[0] = -1;
  }

  std::array<int, 2> ends{};
};

}  // namespace

TEST_CASE("FrameTest.WhatIsSentIsRead") {
  const Line line;
  REQUIRE(send_frame(line.ends[0], {Frame::Kind::kAsk, 3, -7, 12, 13}, {"one", "", "three"}));

  const auto frame = read_frame(line.ends[1]);

  REQUIRE(frame);
  CHECK(frame->kind == Frame::Kind::kAsk);
  CHECK(frame->op == 3);
  CHECK(frame->status == -7);
  CHECK(frame->call == 12);
  CHECK(frame->serial == 13);
  CHECK(frame->texts == std::vector<std::string>{"one", "", "three"});
  CHECK(frame->text(9).empty());
}

TEST_CASE("FrameTest.WhoTakesTooLittleInTheTimeForAFrameIsGivenUp") {
  using namespace std::chrono_literals;
  const Line line;
  const std::string large(std::size_t{5} << 20, 'x');
  std::atomic<bool> over{false};
  // It goes on taking a little, so that each single piece goes out soon.
  std::thread slow([&] {
    std::array<char, 512> piece;
    while (!over && ::recv(line.ends[1], piece.data(), piece.size(), 0) > 0) {
      ::poll(nullptr, 0, 1);
    }
  });

  const bool sent = send_frame(line.ends[0], {}, {large}, 100ms);
  over = true;
  ::shutdown(line.ends[0], SHUT_RDWR);  // it may have taken all there is, and wait for more
  slow.join();

  CHECK_FALSE(sent);
}

TEST_CASE("FrameTest.TextsOfMegabytesGoThroughInPieces") {
  const Line line;
  const std::string large(std::size_t{5} << 20, 'x');
  std::thread sender([&] { send_frame(line.ends[0], {}, {large, "end"}); });

  const auto frame = read_frame(line.ends[1]);
  sender.join();

  REQUIRE(frame);
  CHECK(frame->text(0) == large);
  CHECK(frame->text(1) == "end");
}

TEST_CASE("FrameTest.TheEndAndHalfAFrameAreNoFrame") {
  Line line;
  REQUIRE(::write(line.ends[0], "half a head", 11) == 11);
  line.hang_up();

  CHECK_FALSE(read_frame(line.ends[1]));
  CHECK_FALSE(send_frame(line.ends[1], {}, {"nobody listens"}));
}

TEST_CASE("FrameTest.RubbishIsRefusedBeforeAnythingIsMadeOfIt") {
  const Line line;
  const std::string rubbish(64, '\xff');
  REQUIRE(::write(line.ends[0], rubbish.data(), rubbish.size()) == 64);

  CHECK_FALSE(read_frame(line.ends[1]));
}

TEST_CASE("FrameTest.TooManyTextsAreNotSent") {
  const Line line;

  CHECK_FALSE(send_frame(line.ends[0], {}, {"1", "2", "3", "4", "5"}));
}

}  // namespace dugout::host

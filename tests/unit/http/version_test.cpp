// The first line of a request that is no HTTP: nothing of it comes back as the head of the answer.
#include <Poco/Net/StreamSocket.h>

#include <catch2/catch.hpp>

#include "doors_fixture.hpp"

using dugout::test::Doors;

namespace {

std::string answer_to(std::uint16_t port, const std::string& request) {
  Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", port));
  socket.sendBytes(request.data(), static_cast<int>(request.size()));
  socket.shutdownSend();
  std::string answer;
  char piece[1024];
  for (int size = 0; (size = socket.receiveBytes(piece, sizeof piece)) > 0;)
    answer.append(piece, static_cast<std::size_t>(size));
  return answer;
}

}  // namespace

TEST_CASE("VersionTest.AMadeUpVersionIsRefusedAndNotRepeated") {
  Doors doors;

  for (const auto* version : {"tatus/=x", "HTTP/2.0", "HTTP/9"}) {
    const auto answer = answer_to(doors.port(), std::string("GET /health ") + version + "\r\n\r\n");
    CHECK(answer.substr(0, 13) == "HTTP/1.1 505 ");
  }
}

TEST_CASE("VersionTest.HttpOneIsSpoken") {
  Doors doors;

  CHECK(answer_to(doors.port(), "GET /health HTTP/1.0\r\n\r\n").substr(0, 13) == "HTTP/1.0 200 ");
}

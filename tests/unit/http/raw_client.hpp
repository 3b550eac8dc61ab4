// Bytes to a server as they are, and all that it says to them until it or we have had enough.
#pragma once

#include <Poco/Net/NetException.h>
#include <Poco/Net/StreamSocket.h>

#include <cstdint>
#include <string>

namespace dugout::test {

inline std::string say_raw(std::uint16_t port, const std::string& text) {
  Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", port));
  socket.setReceiveTimeout(Poco::Timespan(20, 0));
  std::string all;
  char piece[4096];
  try {
    socket.sendBytes(text.data(), static_cast<int>(text.size()));
    socket.shutdownSend();
    for (int took = 0; (took = socket.receiveBytes(piece, sizeof piece)) > 0;) {
      all.append(piece, static_cast<std::size_t>(took));
    }
  } catch (const Poco::Net::NetException&) {
    all += "(reset)";
  }
  return all;
}

inline int answers_in(const std::string& heard) {
  int count = 0;
  for (std::size_t at = 0; (at = heard.find("HTTP/1.1 ", at)) != heard.npos; at += 9) {
    // Problems name the version, too, but no status after it.
    if (heard[at + 9] >= '1' && heard[at + 9] <= '5') ++count;
  }
  return count;
}

}  // namespace dugout::test

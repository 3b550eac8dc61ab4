// Requests to a real server over loopback. The first byte says what the input is: a whole request,
// or the body of one of those that have one. Every answer is HTTP; none is a 500; the log is JSON.
#include <Poco/Net/StreamSocket.h>

#include "core/text.hpp"
#include "target.hpp"
#include "unit/http/doors_fixture.hpp"

using dugout::fuzz::require;
using dugout::test::Doors;

namespace {

std::string post(const std::string& path, const std::string& type, std::string_view body) {
  return "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string request_of(char kind, std::string_view input) {
  switch (static_cast<unsigned char>(kind) % 8) {
    case 0:
      return post("/chat", "application/json", input);
    case 1:
      return post("/upload", "multipart/form-data; boundary=b", input);
    case 2:
      return post("/upload-async", "multipart/form-data; boundary=b", input);
    case 3:
      return post("/chat/batch", "application/x-ndjson", input);
    case 4:
      return post("/webhooks/pay", "application/json", input);
    case 5:
      return "GET /" + std::string(input) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    case 6:
      return "GET /chat HTTP/1.1\r\n" + std::string(input) + "\r\n\r\n";
    default:
      return std::string(input);
  }
}

std::string sent(std::uint16_t port, const std::string& request) {
  Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", port));
  socket.setReceiveTimeout(Poco::Timespan(4, 0));
  std::string answer;
  try {
    socket.sendBytes(request.data(), static_cast<int>(request.size()));
    socket.shutdownSend();
    char piece[4096];
    for (int size = 0; (size = socket.receiveBytes(piece, sizeof piece)) > 0;)
      answer.append(piece, static_cast<std::size_t>(size));
  } catch (const Poco::TimeoutException&) {
    require(false, "every request is answered, or its connection ended");
  } catch (const Poco::Exception&) {  // it was closed before all was sent
  }
  return answer;
}

}  // namespace

FUZZ_TARGET(http) {
  static Doors doors([](auto& options) { options.admin_token = "operator-token-of-the-test"; });
  static const bool ready = [] {
    doors.orchestrator.answer = [](const auto& request) {
      dugout::orchestrator::ChatReply reply;
      reply.response = request.user_message;
      return dugout::Outcome<dugout::orchestrator::ChatReply>(reply);
    };
    doors.plugins.tools["pay_webhook"].declaration.webhook = "pay";
    return true;
  }();
  if (!ready || input.empty()) return;
  const auto answer = sent(doors.port(), request_of(input.front(), input.substr(1)));
  doors.orchestrator.asked.clear();
  if (answer.empty()) return;
  require(answer.starts_with("HTTP/1."), "an answer is HTTP");
  require(answer.substr(9, 3) != "500", "and never a 500");
}

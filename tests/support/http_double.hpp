// A scripted HTTP/1.1 server on a free port of the loopback interface, good and bad manners
// included. One thread a connection. The handler runs on those threads, also concurrently.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace dugout::test {

struct DoubleRequest {
  std::string method, path;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  int connection = 0;  // which connection it came on, from 1
};

struct DoubleReply {
  enum class End { kKeep, kClose, kReset };  // what becomes of the connection afterwards

  int status = 200;
  std::map<std::string, std::string> headers{{"Content-Type", "application/json"}};
  std::string body;
  End end = End::kKeep;
  bool chunked = false;
  bool stall = false;                    // says nothing until release(), or until the client left
  std::optional<std::size_t> announced;  // another Content-Length than the body's
  std::optional<std::string> raw;        // sent as it is, instead of all of the above but `end`
  std::chrono::milliseconds drip{0};     // a pause before each byte

  static DoubleReply json(int status, std::string body);
  static DoubleReply cut(std::string body, End end = End::kClose);  // announces twice as much
  static DoubleReply stalled();
  static DoubleReply reset();  // no answer at all
  static DoubleReply bytes(std::string raw, End end = End::kClose);
};

class HttpDouble {
 public:
  using Handler = std::function<DoubleReply(const DoubleRequest&)>;

  explicit HttpDouble(Handler handler, std::uint16_t port = 0);
  ~HttpDouble();  // ends all connections, joins all threads
  HttpDouble(const HttpDouble&) = delete;
  HttpDouble& operator=(const HttpDouble&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view path = "") const;  // "http://127.0.0.1:PORT" + path

  int count() const;        // requests read so far
  int connections() const;  // connections accepted so far
  std::vector<DoubleRequest> requests() const;
  void keep_requests(bool on);  // off for benchmarks; on by default
  void release();               // lets stalled replies, present and future, go on
  void drop_connections();      // closes every open connection from this side

 private:
  void accept_all();
  void serve(int socket, int connection);
  std::optional<DoubleRequest> read_request(int socket, std::string& buffer) const;
  bool reply(int socket, const DoubleReply& reply);  // true: the connection stays
  bool put(int socket, std::string_view bytes, std::chrono::milliseconds drip);
  void wait_for_release(int socket);
  void finish(int socket, bool by_reset);

  const Handler handler_;
  int listener_ = -1;
  std::uint16_t port_ = 0;

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  bool stopping_ = false, released_ = false, keep_ = true;
  int count_ = 0, connections_ = 0;
  std::vector<DoubleRequest> requests_;
  std::set<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace dugout::test

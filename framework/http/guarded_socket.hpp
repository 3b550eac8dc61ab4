// The sockets of clients. Each read of a head is counted and has one deadline for all of it; each
// write, and each read within TLS, has one that no drip of bytes moves. One thread at a time.
#pragma once

#include <Poco/Net/SecureStreamSocketImpl.h>
#include <Poco/Net/StreamSocketImpl.h>

#include <memory>

#include "http/connection_limit.hpp"
#include "http/socket_watch.hpp"

namespace dugout::http {

// What one connection may take: of its head, and of the time in which its answers are read.
class Pace {
 public:
  Pace(SocketWatch& watch, int socket) : guard_(watch, socket) {}

  enum class Head { kWhole, kEnded, kLate, kTooLarge };
  // All bytes up to head_ends() count to a head.
  void head_begins(core::MonoTime deadline, std::size_t most_bytes);
  Head head_ends();
  std::size_t head_bytes() const { return head_bytes_; }
  // Time that the answers of one request may wait for their reader; more for a long one.
  void answer_begins(core::Duration within);
  bool answer_was_late() const { return late_; }

  // ---- for the sockets
  bool in_head() const { return in_head_; }
  std::size_t head_room() const { return in_head_ ? head_most_ - head_bytes_ : SIZE_MAX; }
  // What a read gave; 0 = the end.
  void head_took(std::size_t bytes);
  bool head_is_over() const { return over_ != Head::kWhole; }
  SocketWatch::Guard& guard() { return guard_; }
  core::MonoTime send_deadline() const;
  void sent(core::Duration waited, std::size_t bytes);
  void sent_in_vain() { late_ = true; }  // nothing was taken for as long as a socket waits

 private:
  SocketWatch::Guard guard_;
  bool in_head_ = false, late_ = false;
  std::size_t head_bytes_ = 0, head_most_ = 0, sent_bytes_ = 0;
  Head over_ = Head::kWhole;
  core::Duration send_within_{std::chrono::seconds(30)}, send_waited_{};
};

class GuardedSocket final : public Poco::Net::StreamSocketImpl {
 public:
  GuardedSocket(int socket, SocketWatch& watch, std::unique_ptr<ConnectionLimit::Place> place)
      : StreamSocketImpl(socket), place_(std::move(place)), pace_(watch, socket), watch_(watch) {}

  Pace& pace() { return pace_; }
  SocketWatch& watch() { return watch_; }

  using StreamSocketImpl::receiveBytes;
  using StreamSocketImpl::sendBytes;
  int sendBytes(const void* buffer, int length, int flags) override;
  int receiveBytes(void* buffer, int length, int flags) override;

 private:
  const std::unique_ptr<ConnectionLimit::Place> place_;
  Pace pace_;
  SocketWatch& watch_;
};

// TLS over one of them. A byte that was only looked at is kept here: OpenSSL has taken it.
class GuardedTlsSocket final : public Poco::Net::SecureStreamSocketImpl {
 public:
  GuardedTlsSocket(GuardedSocket& plain, Poco::Net::Context::Ptr context)
      : SecureStreamSocketImpl(&plain, std::move(context)), pace_(plain.pace()) {
    acceptSSL();
  }

  int sendBytes(const void* buffer, int length, int flags) override;
  int receiveBytes(void* buffer, int length, int flags) override;
  int available() override;
  bool poll(const Poco::Timespan& timeout, int mode) override;

 private:
  int read_within(void* buffer, int length, core::Duration within);
  int look(void* buffer);

  Pace& pace_;
  bool kept_ = false;
  char kept_byte_ = 0;
};

}  // namespace dugout::http

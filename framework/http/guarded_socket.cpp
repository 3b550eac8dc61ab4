#include "http/guarded_socket.hpp"

#include <Poco/Exception.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace dugout::http {
namespace {

constexpr std::size_t kSlowestReader = 16 * 1024;  // bytes a second
// For the rest of a TLS record, of which something has arrived.
constexpr auto kRestOfRecord = std::chrono::seconds(2);

core::MonoTime socket_time() {
  return core::MonoTime(std::chrono::steady_clock::now());
}

// Of a socket's time-out; none at all is none of ours.
core::Duration duration_of(const Poco::Timespan& time) {
  constexpr auto kNone = std::chrono::seconds(30);
  return time.totalMicroseconds() > 0
             ? core::Duration(std::chrono::microseconds(time.totalMicroseconds()))
             : core::Duration(kNone);
}

// What a socket does within its deadline. After it the socket is shut, and the call has failed.
template <typename Do>
int send_guarded(Pace& pace, Do&& send) {
  const auto begun = socket_time();
  pace.guard().arm(pace.send_deadline(), SocketWatch::End::kBoth);
  int sent = 0;
  try {
    sent = send();
  } catch (const Poco::Exception& error) {
    pace.sent(socket_time() - begun, 0);
    // Poco has two words for a time-out.
    const bool in_vain = dynamic_cast<const Poco::TimeoutException*>(&error) != nullptr;
    if (in_vain || error.code() == EAGAIN) pace.sent_in_vain();
    pace.guard().disarm();
    throw;
  }
  pace.sent(socket_time() - begun, sent > 0 ? static_cast<std::size_t>(sent) : 0);
  if (!pace.guard().disarm()) throw Poco::TimeoutException();
  return sent;
}

}  // namespace

void Pace::head_begins(core::MonoTime deadline, std::size_t most_bytes) {
  in_head_ = true;
  head_bytes_ = 0;
  head_most_ = most_bytes;
  over_ = Head::kWhole;
  guard_.arm(deadline, SocketWatch::End::kReading);
}

Pace::Head Pace::head_ends() {
  in_head_ = false;
  return guard_.disarm() ? over_ : Head::kLate;
}

void Pace::head_took(std::size_t bytes) {
  head_bytes_ += bytes;
  if (bytes == 0) over_ = head_bytes_ >= head_most_ ? Head::kTooLarge : Head::kEnded;
}

void Pace::answer_begins(core::Duration within) {
  send_within_ = within;
  send_waited_ = {};
  sent_bytes_ = 0;
  late_ = false;
}

core::MonoTime Pace::send_deadline() const {
  return socket_time() + send_within_ + std::chrono::seconds(sent_bytes_ / kSlowestReader) -
         send_waited_;
}

void Pace::sent(core::Duration waited, std::size_t bytes) {
  send_waited_ += waited;
  sent_bytes_ += bytes;
  if (send_waited_ > send_within_ + std::chrono::seconds(sent_bytes_ / kSlowestReader)) {
    late_ = true;
  }
}

int GuardedSocket::sendBytes(const void* buffer, int length, int flags) {
  // Nearly always there is room for all of it, and then nothing waits.
  const auto size = static_cast<std::size_t>(length);
  const auto at_once = ::send(sockfd(), buffer, size, flags | MSG_DONTWAIT | MSG_NOSIGNAL);
  if (at_once < 0 && errno != EAGAIN && errno != EINTR) error();
  const int sent = at_once < 0 ? 0 : static_cast<int>(at_once);
  pace_.sent({}, static_cast<std::size_t>(sent));
  if (sent == length) return sent;
  const auto* rest = static_cast<const char*>(buffer) + sent;
  return sent + send_guarded(pace_, [&] {
           return StreamSocketImpl::sendBytes(rest, length - sent, flags | MSG_NOSIGNAL);
         });
}

int GuardedSocket::receiveBytes(void* buffer, int length, int flags) {
  if (!pace_.in_head()) return StreamSocketImpl::receiveBytes(buffer, length, flags);
  const bool over = pace_.head_room() == 0 || pace_.guard().fired();
  const int took = over ? 0 : StreamSocketImpl::receiveBytes(buffer, length, flags);
  pace_.head_took(static_cast<std::size_t>(std::max(took, 0)));
  return took;
}

int GuardedTlsSocket::sendBytes(const void* buffer, int length, int flags) {
  return send_guarded(pace_,
                      [&] { return SecureStreamSocketImpl::sendBytes(buffer, length, flags); });
}

// One deadline for the whole record. In a head the head's own is shorter and armed already.
int GuardedTlsSocket::read_within(void* buffer, int length, core::Duration within) {
  if (pace_.in_head()) {
    const bool over = pace_.head_room() == 0 || pace_.guard().fired();
    const int took = over ? 0 : SecureStreamSocketImpl::receiveBytes(buffer, length, 0);
    pace_.head_took(static_cast<std::size_t>(std::max(took, 0)));
    return took;
  }
  pace_.guard().arm(socket_time() + within, SocketWatch::End::kBoth);
  int took = 0;
  try {
    took = SecureStreamSocketImpl::receiveBytes(buffer, length, 0);
  } catch (...) {
    pace_.guard().disarm();
    throw;
  }
  if (!pace_.guard().disarm()) throw Poco::TimeoutException();
  return took;
}

int GuardedTlsSocket::look(void* buffer) {
  if (!kept_) {
    const int took = read_within(&kept_byte_, 1, kRestOfRecord);
    if (took <= 0) return took;
    kept_ = true;
  }
  *static_cast<char*>(buffer) = kept_byte_;
  return 1;
}

int GuardedTlsSocket::receiveBytes(void* buffer, int length, int flags) {
  if (length <= 0) return 0;
  if ((flags & MSG_PEEK) != 0) return look(buffer);
  if (kept_) {
    kept_ = false;
    *static_cast<char*>(buffer) = kept_byte_;
    return 1;
  }
  return read_within(buffer, length, duration_of(getReceiveTimeout()));
}

int GuardedTlsSocket::available() {
  return (kept_ ? 1 : 0) + SecureStreamSocketImpl::available();
}

bool GuardedTlsSocket::poll(const Poco::Timespan& timeout, int mode) {
  const bool here = (mode & SELECT_READ) != 0 && available() > 0;
  return here || SecureStreamSocketImpl::poll(timeout, mode);
}

}  // namespace dugout::http

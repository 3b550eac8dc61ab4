// Sends the traces of turns to a collector, in batches, from a thread of its own. A turn leaves its
// spans in a bounded queue and goes on: when the collector is slow or away the oldest are dropped
// and counted. Waits on the clock it is given.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/random.hpp"
#include "observability/export_transport.hpp"
#include "observability/log.hpp"
#include "observability/otlp.hpp"

namespace dugout::observability {

struct ExportOptions {
  TraceSource source;
  double sample = 1.0;  // share of the traces that begin here; others follow their caller
  bool texts = false;
  std::size_t queue_spans = 8192, queue_bytes = 16U << 20;
  std::size_t batch_spans = 512, batch_bytes = 1U << 20;  // a request is sent when it has as many
  core::Duration batch_every = std::chrono::seconds(5);   // or the oldest has waited so long
  core::Duration timeout = std::chrono::seconds(10);      // of one try
  core::Duration first_wait = std::chrono::seconds(1);    // after a failure; doubles
  core::Duration most_wait = std::chrono::seconds(60);
  core::Duration most_asked = std::chrono::minutes(10);  // of what a receiver may ask for
  core::Duration give_up = std::chrono::minutes(5);      // on one request
  core::Duration last_flush = std::chrono::seconds(2);   // at stop
};

struct ExportCounts {
  std::uint64_t exported = 0;  // spans that were taken
  std::uint64_t dropped = 0;   // spans that found no room, or waited in vain
  std::uint64_t rejected = 0;  // spans that the receiver would not have
  std::uint64_t requests = 0;
  bool failing = false;  // the latest request was not taken
  std::size_t waiting_spans = 0, waiting_bytes = 0;
};

class TraceExporter final : public TurnWatcher {
 public:
  // REQUIRES: all outlive it.
  TraceExporter(ExportOptions options, ExportTransport& transport, core::Clock& clock,
                core::Random& random, Log& log);
  ~TraceExporter() override;  // as stop()
  TraceExporter(const TraceExporter&) = delete;
  TraceExporter& operator=(const TraceExporter&) = delete;

  void turn_ended(const TurnReport& report) noexcept override;
  ExportCounts counts() const;

  void start();
  // Sends what waits, for `last_flush` at most; what is left then is dropped and counted.
  void stop();

  // What the thread does again and again: sends a request if one is due, and says how long to wait;
  // nullopt = until a turn ends. For one thread.
  std::optional<core::Duration> step();

 private:
  struct Turn {
    std::string spans;
    std::size_t count = 0;
    core::MonoTime at{};
  };
  struct Batch {
    std::vector<std::string> spans;
    std::size_t count = 0;
    core::MonoTime since{};  // when it was made up
  };

  void run() noexcept;
  void rest(std::optional<core::Duration> pause);
  bool over();
  bool is_full() const;
  void make_room(const Turn& turn);
  std::optional<core::Duration> take_batch();
  core::Duration send();
  core::Duration again(const ExportAnswer& answer);
  void settle(std::uint64_t rejected, std::uint64_t dropped);
  void tell(bool failing, int status);
  core::Duration time_left() const;
  void abandon();

  const ExportOptions options_;
  ExportTransport& transport_;
  core::Clock& clock_;
  core::Random& random_;
  Log& log_;

  Batch batch_;         // in hand; of the thread alone, as the next three
  int failures_ = 0;    // in a row
  bool asked_ = false;  // the receiver said how long to wait
  core::MonoTime next_try_{};

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<Turn> queue_;
  ExportCounts counts_;
  core::CancelToken wake_;    // ends the wait of the thread
  core::CancelToken cancel_;  // ends its request
  bool stopping_ = false, done_ = false;
  core::MonoTime flush_until_{};
  std::thread thread_;
};

}  // namespace dugout::observability

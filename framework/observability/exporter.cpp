#include "observability/exporter.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace dugout::observability {
namespace {

constexpr double kJitter = 0.5;  // a wait is drawn from its latter half
constexpr int kMostDoublings = 20;

bool worth_another_try(int status) {
  return status == 0 || status == 429 || status == 502 || status == 503 || status == 504;
}

bool was_taken(int status) {
  return status >= 200 && status < 300;
}

}  // namespace

TraceExporter::TraceExporter(ExportOptions options, ExportTransport& transport, core::Clock& clock,
                             core::Random& random, Log& log)
    : options_(std::move(options)),
      transport_(transport),
      clock_(clock),
      random_(random),
      log_(log) {}

TraceExporter::~TraceExporter() {
  stop();
}

// ---- on the turn's thread

void TraceExporter::turn_ended(const TurnReport& report) noexcept {
  if (report.spans.empty() || !report.trace.sampled) return;
  const bool begins_here = report.spans.front().parent.empty();
  if (begins_here && !in_sample(report.trace.trace_id, options_.sample)) return;
  try {
    Turn turn{spans_json(report, options_.texts), report.spans.size(), clock_.now()};
    const std::lock_guard lock(mutex_);
    const bool was_full = is_full();
    const bool fits =
        turn.spans.size() <= options_.queue_bytes && turn.count <= options_.queue_spans;
    if (!fits || stopping_) {
      counts_.dropped += turn.count;
      return;
    }
    make_room(turn);
    counts_.waiting_spans += turn.count;
    counts_.waiting_bytes += turn.spans.size();
    queue_.push_back(std::move(turn));
    if (queue_.size() == 1) changed_.notify_all();
    if (is_full() && !was_full) wake_.cancel();
  } catch (const std::exception&) {
    const std::lock_guard lock(mutex_);  // no memory for it
    counts_.dropped += report.spans.size();
  }
}

// REQUIRES: the lock is held; so do those of this part that have no lock of their own.
bool TraceExporter::is_full() const {
  return counts_.waiting_spans >= options_.batch_spans ||
         counts_.waiting_bytes >= options_.batch_bytes;
}

// The newest tell most about what is going on, so the oldest go.
void TraceExporter::make_room(const Turn& turn) {
  while (!queue_.empty() && (counts_.waiting_spans + turn.count > options_.queue_spans ||
                             counts_.waiting_bytes + turn.spans.size() > options_.queue_bytes)) {
    counts_.dropped += queue_.front().count;
    counts_.waiting_spans -= queue_.front().count;
    counts_.waiting_bytes -= queue_.front().spans.size();
    queue_.pop_front();
  }
}

ExportCounts TraceExporter::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

// ---- on the exporter's thread

std::optional<core::Duration> TraceExporter::step() {
  if (batch_.spans.empty()) {
    const auto wait = take_batch();
    if (batch_.spans.empty()) return wait;
  }
  const auto now = clock_.now();
  bool last = false;
  {
    const std::lock_guard lock(mutex_);
    last = stopping_;
  }
  if (last && asked_ && next_try_ > now) {
    abandon();
    return std::nullopt;
  }
  if (!last && next_try_ > now) return next_try_ - now;
  return send();
}

// Makes up a batch when there is enough for one; otherwise how long to wait for more.
std::optional<core::Duration> TraceExporter::take_batch() {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) return std::nullopt;
  const auto now = clock_.now();
  const auto due = queue_.front().at + options_.batch_every;
  if (!is_full() && !stopping_ && due > now) return due - now;
  std::size_t bytes = 0;
  while (!queue_.empty() && batch_.count < options_.batch_spans && bytes < options_.batch_bytes) {
    auto& turn = queue_.front();
    bytes += turn.spans.size();
    batch_.count += turn.count;
    counts_.waiting_spans -= turn.count;
    counts_.waiting_bytes -= turn.spans.size();
    batch_.spans.push_back(std::move(turn.spans));
    queue_.pop_front();
  }
  batch_.since = now;
  return core::Duration::zero();
}

core::Duration TraceExporter::time_left() const {
  const std::lock_guard lock(mutex_);
  return stopping_ ? std::min(options_.timeout, flush_until_ - clock_.now()) : options_.timeout;
}

core::Duration TraceExporter::send() {
  const auto within = time_left();
  if (within <= core::Duration::zero()) {
    abandon();
    return core::Duration::zero();
  }
  const auto answer =
      transport_.post(export_request(options_.source, batch_.spans), within, cancel_);
  {
    const std::lock_guard lock(mutex_);
    ++counts_.requests;
  }
  tell(!was_taken(answer.status), answer.status);
  if (worth_another_try(answer.status)) return again(answer);
  failures_ = 0;
  asked_ = false;
  settle(was_taken(answer.status) ? rejected_spans(answer.body) : batch_.count, 0);
  return core::Duration::zero();
}

// The batch stays in hand, for a while. At stop nothing is waited for.
core::Duration TraceExporter::again(const ExportAnswer& answer) {
  failures_ = std::min(failures_ + 1, kMostDoublings);
  asked_ = answer.retry_after.has_value();
  auto wait = options_.first_wait * (std::int64_t{1} << std::min(failures_ - 1, kMostDoublings));
  wait = std::min<core::Duration>(wait, options_.most_wait);
  wait -= std::chrono::duration_cast<core::Duration>(wait * (kJitter * random_.unit()));
  if (asked_) wait = std::min(*answer.retry_after, options_.most_asked);
  const auto now = clock_.now();
  next_try_ = now + wait;
  bool last = false;
  {
    const std::lock_guard lock(mutex_);
    last = stopping_;
  }
  if (last) {
    abandon();
  } else if (next_try_ - batch_.since > options_.give_up) {
    settle(0, batch_.count);
  }
  return wait;
}

// The batch in hand is done with.
void TraceExporter::settle(std::uint64_t rejected, std::uint64_t dropped) {
  const auto lost = std::min<std::uint64_t>(rejected + dropped, batch_.count);
  const std::lock_guard lock(mutex_);
  counts_.exported += batch_.count - lost;
  counts_.rejected += std::min<std::uint64_t>(rejected, batch_.count);
  counts_.dropped += dropped;
  batch_ = {};
}

// Everything that is left is not sent any more.
void TraceExporter::abandon() {
  const std::lock_guard lock(mutex_);
  counts_.dropped += batch_.count + counts_.waiting_spans;
  counts_.waiting_spans = counts_.waiting_bytes = 0;
  queue_.clear();
  batch_ = {};
}

// One line when it begins to fail, and one when it works again.
void TraceExporter::tell(bool failing, int status) {
  std::uint64_t dropped = 0, rejected = 0;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(counts_.failing, failing) == failing) return;
    dropped = counts_.dropped;
    rejected = counts_.rejected;
  }
  if (failing) {
    log_.warning("traces.not_sent", {{"status", status}});
  } else {
    log_.info("traces.sent_again", {{"dropped", static_cast<std::int64_t>(dropped)},
                                    {"rejected", static_cast<std::int64_t>(rejected)}});
  }
}

// ---- its life

void TraceExporter::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "dugout-traces");
}

void TraceExporter::run() noexcept {
  while (!over()) {
    try {
      rest(step());
    } catch (const std::exception&) {
      abandon();  // no memory for a request
    }
  }
}

// Nothing is left to do, ever.
bool TraceExporter::over() {
  const std::lock_guard lock(mutex_);
  done_ = stopping_ && queue_.empty() && batch_.spans.empty();
  if (done_) changed_.notify_all();
  return done_;
}

void TraceExporter::rest(std::optional<core::Duration> pause) {
  core::CancelToken wake;
  {
    std::unique_lock lock(mutex_);
    if (!pause) {
      changed_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      return;
    }
    if (stopping_ || *pause <= core::Duration::zero()) return;
    // A batch in hand waits for its time, however many come meanwhile.
    if (batch_.spans.empty() && is_full()) return;
    wake_ = wake;
  }
  clock_.sleep(*pause, wake);
}

void TraceExporter::stop() {
  {
    std::unique_lock lock(mutex_);
    if (!thread_.joinable()) return;
    stopping_ = true;
    flush_until_ = clock_.now() + options_.last_flush;
    wake_.cancel();
    changed_.notify_all();
    changed_.wait_for(lock, options_.last_flush, [&] { return done_; });
  }
  cancel_.cancel();
  thread_.join();
}

}  // namespace dugout::observability

#include "host/child_services.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <map>
#include <mutex>

#include "dugout/sdk/text.hpp"
#include "host/calls.hpp"
#include "host/sandbox.hpp"
#include "host/services.hpp"

namespace dugout::host {
namespace child_side {
namespace {

struct Line {
  std::mutex sending;
  std::mutex mutex;  // guards all below
  std::condition_variable changed;
  std::uint64_t last = 0;
  std::map<std::uint64_t, Frame> served;  // answers that nobody fetched yet
  std::vector<std::string> needs;
};

Line& line() {
  static auto* one = new Line();  // outlives every thread
  return *one;
}

thread_local std::uint64_t served_call = 0;

void say(const FrameHead& head, const std::vector<std::string_view>& texts) {
  const std::lock_guard lock(line().sending);
  if (!send_frame(kChildSocket, head, texts)) ::_exit(0);  // the host hung up
}

Frame ask(ServiceOp op, const std::vector<std::string_view>& texts) {
  auto& all = line();
  std::uint64_t serial = 0;
  {
    const std::lock_guard lock(all.mutex);
    serial = ++all.last;
  }
  say({Frame::Kind::kAsk, static_cast<std::uint8_t>(op), 0, served_call, serial}, texts);
  std::unique_lock lock(all.mutex);
  all.changed.wait(lock, [&] { return all.served.count(serial) != 0; });
  return std::move(all.served.extract(serial).mapped());
}

dugout_status answer(const Frame& served, dugout_sink* first, dugout_sink* second = nullptr) {
  first->put(first, sdk::text(served.text(0)));
  if (second != nullptr && served.status == DUGOUT_OK)
    second->put(second, sdk::text(served.text(1)));
  return served.status;
}

void write(std::int32_t level, dugout_text text) {
  say({Frame::Kind::kAsk, static_cast<std::uint8_t>(ServiceOp::kLog), level, served_call, 0},
      {sdk::view(text)});
}

std::int64_t unix_ms() {
  const auto served = ask(ServiceOp::kClock, {});
  std::int64_t value = 0;
  std::from_chars(served.text(0).data(), served.text(0).data() + served.text(0).size(), value);
  return value;
}

dugout_status find(dugout_text table, dugout_text where, dugout_sink* rows) {
  return answer(ask(ServiceOp::kFind, {sdk::view(table), sdk::view(where)}), rows);
}

dugout_status insert(dugout_text table, dugout_text unique, dugout_text row, dugout_sink* out) {
  return answer(ask(ServiceOp::kInsert, {sdk::view(table), sdk::view(unique), sdk::view(row)}),
                out);
}

dugout_status update(dugout_text table, dugout_text id, dugout_text changes, dugout_sink* out) {
  return answer(ask(ServiceOp::kUpdate, {sdk::view(table), sdk::view(id), sdk::view(changes)}),
                out);
}

dugout_status send(dugout_text request, dugout_text content, dugout_sink* head, dugout_sink* body) {
  return answer(ask(ServiceOp::kSend, {sdk::view(request), sdk::view(content)}), head, body);
}

constexpr dugout_log_v1 kLog{sizeof(dugout_log_v1), 0, &write};
constexpr dugout_clock_v1 kClock{sizeof(dugout_clock_v1), 0, &unix_ms};
constexpr dugout_records_v1 kRecords{sizeof(dugout_records_v1), 0, &find, &insert, &update};
constexpr dugout_http_v1 kHttp{sizeof(dugout_http_v1), 0, &send};

const void* service(const char* id) {
  const auto& needs = line().needs;
  const std::string_view wanted = id == nullptr ? "" : id;
  if (std::find(needs.begin(), needs.end(), wanted) == needs.end()) return nullptr;
  if (wanted == DUGOUT_SERVICE_LOG) return &kLog;
  if (wanted == DUGOUT_SERVICE_CLOCK) return &kClock;
  if (wanted == DUGOUT_SERVICE_SCHEMA) return schema_service();
  if (wanted == DUGOUT_SERVICE_RECORDS) return &kRecords;
  return wanted == DUGOUT_SERVICE_HTTP ? &kHttp : nullptr;
}

void complete(dugout_call* call, dugout_status status, dugout_text body) {
  static constexpr std::string_view kTooLarge =
      "{\"message\":\"its answer is larger than 16 MiB\"}";
  const bool fits = body.size <= kMaxAnswer;
  say_done(reinterpret_cast<std::uint64_t>(call), fits ? status : DUGOUT_E_INTERNAL,
           fits ? sdk::view(body) : kTooLarge, {});
}

void emit(dugout_call* /*call*/, dugout_text /*piece*/) {}  // no consumer of partial answers yet

constexpr dugout_host kHost{
    sizeof(dugout_host), DUGOUT_ABI_MAJOR, DUGOUT_ABI_MINOR, 0, &service, &emit, &complete};

}  // namespace
}  // namespace child_side

const dugout_host* child_host(const std::vector<std::string>& needs) {
  child_side::line().needs = needs;
  return &child_side::kHost;
}

ServedCall::ServedCall(std::uint64_t call) {
  child_side::served_call = call;
}

ServedCall::~ServedCall() {
  child_side::served_call = 0;
}

void take_served(Frame&& frame) {
  const std::lock_guard lock(child_side::line().mutex);
  const auto serial = frame.serial;
  child_side::line().served[serial] = std::move(frame);
  child_side::line().changed.notify_all();
}

void say_done(std::uint64_t call, std::int32_t status, std::string_view first,
              std::string_view second) {
  child_side::say({Frame::Kind::kDone, 0, status, call, 0}, {first, second});
}

void say_returned(std::uint64_t call) {
  child_side::say({Frame::Kind::kReturned, 0, 0, call, 0}, {});
}

}  // namespace dugout::host

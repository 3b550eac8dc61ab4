#include "host/child_asks.hpp"

#include "dugout/sdk/text.hpp"
#include "host/answer.hpp"

namespace dugout::host {
namespace {

template <typename Table>
const Table* table_of(const dugout_host* host, const char* service) {
  return host == nullptr ? nullptr : static_cast<const Table*>(host->service(service));
}

Served records(const dugout_records_v1& table, const Frame& asked) {
  const auto one = sdk::text(asked.text(0)), two = sdk::text(asked.text(1)),
             three = sdk::text(asked.text(2));
  CappedSink out;
  Served served;
  switch (static_cast<ServiceOp>(asked.op)) {
    case ServiceOp::kFind:
      served.status = table.find(one, two, &out);
      break;
    case ServiceOp::kInsert:
      served.status = table.insert(one, two, three, &out);
      break;
    default:
      served.status = table.update(one, two, three, &out);
  }
  served.first = std::move(out.text);
  if (out.too_large) served = {DUGOUT_E_INVALID, R"({"message":"more than 16 MiB of rows"})", {}};
  return served;
}

Served http(const dugout_http_v1& table, const Frame& asked) {
  CappedSink head, body;
  Served served;
  served.status = table.send(sdk::text(asked.text(0)), sdk::text(asked.text(1)), &head, &body);
  served.first = std::move(head.text);
  served.second = std::move(body.text);
  if (body.too_large)
    served = {DUGOUT_E_INVALID, R"({"message":"the answer has over 16 MiB"})", {}};
  return served;
}

Served absent() {
  return {DUGOUT_E_UNAVAILABLE,
          R"({"message":"this service is there for a call, on the thread that runs it"})",
          {}};
}

}  // namespace

bool waits_for_host(const Frame& asked) {
  const auto op = static_cast<ServiceOp>(asked.op);
  return op != ServiceOp::kLog && op != ServiceOp::kClock;
}

Served serve_child(const dugout_host* host, const Frame& asked) {
  switch (static_cast<ServiceOp>(asked.op)) {
    case ServiceOp::kLog:
      if (const auto* log = table_of<dugout_log_v1>(host, DUGOUT_SERVICE_LOG)) {
        log->write(asked.status, sdk::text(asked.text(0)));
      }
      return {DUGOUT_OK, {}, {}};
    case ServiceOp::kClock:
      if (const auto* clock = table_of<dugout_clock_v1>(host, DUGOUT_SERVICE_CLOCK)) {
        return {DUGOUT_OK, std::to_string(clock->unix_ms()), {}};
      }
      return absent();
    case ServiceOp::kFind:
    case ServiceOp::kInsert:
    case ServiceOp::kUpdate:
      if (asked.call == 0) return absent();
      if (const auto* all = table_of<dugout_records_v1>(host, DUGOUT_SERVICE_RECORDS)) {
        return records(*all, asked);
      }
      return absent();
    case ServiceOp::kSend:
      if (asked.call == 0) return absent();
      if (const auto* all = table_of<dugout_http_v1>(host, DUGOUT_SERVICE_HTTP)) {
        return http(*all, asked);
      }
      return absent();
  }
  return absent();
}

}  // namespace dugout::host

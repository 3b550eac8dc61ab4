// The host's services as a plugin sees them: thin wrappers over the tables of abi.h.
// All functions are [any] unless they say [worker].
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dugout/sdk/text.hpp"

namespace dugout::sdk {

class Host {
 public:
  explicit Host(const dugout_host* table) : table_(table) {}

  const dugout_host* table() const { return table_; }

  void log(int level, std::string_view line) const {
    if (const auto* log = find<dugout_log_v1>(DUGOUT_SERVICE_LOG)) log->write(level, text(line));
  }

  // Milliseconds since 1970, UTC. 0 when the manifest does not ask for clock/1.
  std::int64_t unix_ms() const {
    const auto* clock = find<dugout_clock_v1>(DUGOUT_SERVICE_CLOCK);
    return clock == nullptr ? 0 : clock->unix_ms();
  }

  // kWrongShape with the first error and its JSON pointer when `instance` breaks `schema`.
  Status check_schema(std::string_view schema, std::string_view instance) const {
    const auto* service = find<dugout_schema_v1>(DUGOUT_SERVICE_SCHEMA);
    if (service == nullptr) return absent(DUGOUT_SERVICE_SCHEMA);
    StringSink why;
    const auto status = service->check(text(schema), text(instance), &why);
    if (status == DUGOUT_OK) return Done{};
    return Error{code_of(status), why.text};
  }

  // [worker] Rows (a JSON array) whose members equal those of the JSON object `where`.
  Outcome<std::string> find_rows(std::string_view table, std::string_view where) const {
    return with_records([&](const dugout_records_v1& records, dugout_sink* out) {
      return records.find(text(table), text(where), out);
    });
  }

  // [worker] {"id"}; kConflict with the row that holds `unique` in detail. Atomic.
  Outcome<std::string> insert_row(std::string_view table, std::string_view unique,
                                  std::string_view row) const {
    return with_records([&](const dugout_records_v1& records, dugout_sink* out) {
      return records.insert(text(table), text(unique), text(row), out);
    });
  }

  // [worker] The whole row after `changes` (a JSON object) were merged into it.
  Outcome<std::string> update_row(std::string_view table, std::string_view id,
                                  std::string_view changes) const {
    return with_records([&](const dugout_records_v1& records, dugout_sink* out) {
      return records.update(text(table), text(id), text(changes), out);
    });
  }

  // [worker] `request` and `head` as in abi.h; sdk/http.hpp writes and reads them. An Error's
  // detail tells whether the request may have arrived: {"sent"}.
  Status send_http(std::string_view request, std::string_view content, std::string& head,
                   std::string& answer) const {
    const auto* http = find<dugout_http_v1>(DUGOUT_SERVICE_HTTP);
    if (http == nullptr) return absent(DUGOUT_SERVICE_HTTP);
    StringSink head_sink, answer_sink;
    const auto status = http->send(text(request), text(content), &head_sink, &answer_sink);
    if (status != DUGOUT_OK) {
      return Error{code_of(status), "the service could not be reached", std::move(head_sink.text)};
    }
    head = std::move(head_sink.text);
    answer = std::move(answer_sink.text);
    return Done{};
  }

 private:
  template <typename Service>
  const Service* find(const char* id) const {
    return static_cast<const Service*>(table_->service(id));
  }

  static Error absent(const char* id) {
    return Error{Code::kUnavailable, std::string("the host offers no service ") + id +
                                         "; name it under needs: in plugin.yaml"};
  }

  template <typename Operation>
  Outcome<std::string> with_records(Operation operation) const {
    const auto* records = find<dugout_records_v1>(DUGOUT_SERVICE_RECORDS);
    if (records == nullptr) return absent(DUGOUT_SERVICE_RECORDS);
    StringSink out;
    const auto status = operation(*records, &out);
    if (status == DUGOUT_OK) return std::move(out.text);
    return Error{code_of(status), "records/1 refused the operation", std::move(out.text)};
  }

  const dugout_host* table_;
};

}  // namespace dugout::sdk

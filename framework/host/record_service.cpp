// records/1 as C functions over the installed RecordService. [worker]
#include <exception>

#include "dugout/sdk/text.hpp"
#include "host/host.hpp"
#include "host/installed.hpp"
#include "host/services.hpp"

namespace dugout::host {
namespace {

// The plugin's side may be C: nothing is thrown back into it.
template <typename Operation>
dugout_status answer(dugout_sink* out, Operation operation) noexcept {
  const auto put = [out](const Outcome<std::string>& outcome) {
    const auto body = outcome ? *outcome : sdk::error_body(outcome.error());
    out->put(out, sdk::text(body));
    return static_cast<dugout_status>(outcome ? Code::kOk : outcome.error().code);
  };
  try {
    auto* records = installed_records();
    if (records == nullptr) {
      return put(Error{Code::kUnavailable, "this process has no record store"});
    }
    return put(operation(*records));
  } catch (const std::exception& thrown) {
    return put(Error{Code::kInternal, thrown.what()});
  } catch (...) {
    return DUGOUT_E_INTERNAL;
  }
}

dugout_status find(dugout_text table, dugout_text where, dugout_sink* rows) {
  return answer(rows, [&](RecordService& records) {
    return records.find(sdk::view(table), sdk::view(where));
  });
}

dugout_status insert(dugout_text table, dugout_text unique, dugout_text row, dugout_sink* out) {
  return answer(out, [&](RecordService& records) {
    return records.insert(sdk::view(table), sdk::view(unique), sdk::view(row));
  });
}

dugout_status update(dugout_text table, dugout_text id, dugout_text changes, dugout_sink* out) {
  return answer(out, [&](RecordService& records) {
    return records.update(sdk::view(table), sdk::view(id), sdk::view(changes));
  });
}

}  // namespace

const dugout_records_v1* record_service() {
  static constexpr dugout_records_v1 kTable{sizeof(dugout_records_v1), 0, &find, &insert, &update};
  return &kTable;
}

}  // namespace dugout::host

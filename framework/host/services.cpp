#include "host/services.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <string_view>
#include <utility>

#include "core/text.hpp"
#include "dugout/sdk/text.hpp"
#include "host/calls.hpp"
#include "host/host.hpp"
#include "host/installed.hpp"
#include "observability/log.hpp"

namespace dugout::host {
namespace {

struct Installed {
  std::atomic<core::Clock*> clock{nullptr};
  std::atomic<RecordService*> records{nullptr};
  std::atomic<observability::Log*> log{nullptr};
  std::atomic<HttpService*> http{nullptr};
};
constinit Installed installed;

constexpr unsigned kLog = 1, kClock = 2, kSchema = 4, kRecords = 8, kHttp = 16;

// What the functions of one slot know. `plugin` is written only while nobody else has the slot.
struct Slot {
  std::atomic<bool> taken{false};
  std::atomic<unsigned> needs{0};
  std::string plugin;
};

std::array<Slot, kMaxPlugins>& slots() {
  static auto* all = new std::array<Slot, kMaxPlugins>();  // outlives every module
  return *all;
}

unsigned bit_of(std::string_view service) {
  if (service == DUGOUT_SERVICE_LOG) return kLog;
  if (service == DUGOUT_SERVICE_CLOCK) return kClock;
  if (service == DUGOUT_SERVICE_SCHEMA) return kSchema;
  if (service == DUGOUT_SERVICE_RECORDS) return kRecords;
  if (service == DUGOUT_SERVICE_HTTP) return kHttp;
  return 0;
}

std::int64_t unix_ms() {
  return service_clock().wall_now().time_since_epoch().count();
}

constexpr dugout_clock_v1 kClockTable{sizeof(dugout_clock_v1), 0, &unix_ms};

// The functions of slot `At`: the number stands in the code, as C gives them no other place.
template <std::size_t At>
struct Functions {
  static void write(std::int32_t level, dugout_text line) {
    log_about(level, slots()[At].plugin, sdk::view(line));
  }

  static const void* service(const char* id) {
    static constexpr dugout_log_v1 kLogTable{sizeof(dugout_log_v1), 0, &write};
    const auto wanted = id == nullptr ? 0U : bit_of(id);
    switch (wanted & slots()[At].needs.load(std::memory_order_relaxed)) {
      case kLog:
        return &kLogTable;
      case kClock:
        return &kClockTable;
      case kSchema:
        return schema_service();
      case kRecords:
        return record_service();
      case kHttp:
        return http_service();
      default:
        return nullptr;
    }
  }

  static constexpr dugout_host kTable{
      sizeof(dugout_host), DUGOUT_ABI_MAJOR, DUGOUT_ABI_MINOR, 0, &service,
      &emit_call,          &complete_call};
};

template <std::size_t... At>
constexpr std::array<const dugout_host*, sizeof...(At)> tables(std::index_sequence<At...>) {
  return {&Functions<At>::kTable...};
}
constexpr auto kTables = tables(std::make_index_sequence<kMaxPlugins>{});

}  // namespace

void install_services(const Services& services) {
  installed.clock = services.clock;
  installed.records = services.records;
  installed.log = services.log;
  installed.http = services.http;
}

core::Clock& service_clock() {
  static auto* machine = new core::SystemClock();  // outlives every module
  core::Clock* clock = installed.clock;
  return clock == nullptr ? *machine : *clock;
}

RecordService* installed_records() {
  return installed.records;
}

HttpService* installed_http() {
  return installed.http;
}

void log_about(int level, std::string_view plugin, std::string_view line) {
  using observability::Field;
  using observability::Level;
  observability::Log* log = installed.log;
  if (log == nullptr) return;
  const auto known = static_cast<Level>(std::clamp(level, 0, static_cast<int>(Level::kError)));
  log->log(known, "plugin", {Field::safe("plugin", plugin), {"line", core::clip(line, 4096)}});
}

HostTable::HostTable(std::string plugin, const std::vector<std::string>& needs) {
  for (std::size_t at = 0; at < kMaxPlugins; ++at) {
    auto& slot = slots()[at];
    if (slot.taken.exchange(true)) continue;
    slot.plugin = std::move(plugin);
    unsigned mask = 0;
    for (const auto& need : needs) mask |= bit_of(need);
    slot.needs = mask;
    slot_ = static_cast<int>(at);
    return;
  }
}

HostTable::~HostTable() {
  if (slot_ < 0 || keep_) return;
  auto& slot = slots()[static_cast<std::size_t>(slot_)];
  slot.needs = 0;
  slot.taken = false;
}

const dugout_host* HostTable::table() const {
  return slot_ < 0 ? nullptr : kTables[static_cast<std::size_t>(slot_)];
}

}  // namespace dugout::host

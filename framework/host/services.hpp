// What the host serves to plugins. A C table carries no context, so each plugin gets a table of its
// own out of a fixed set; that is how a service it did not ask for is refused. Private to host.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "dugout/abi.h"

namespace dugout::host {

constexpr std::size_t kMaxPlugins = 128;  // loaded at one time, over all generations

core::Clock& service_clock();  // [any]
// [any] A line about or of a plugin. Its text is masked, as nobody knows what a plugin puts there.
void log_about(int level, std::string_view plugin, std::string_view line);

// schema/1, records/1 and http/1; log/1 and clock/1 are part of the slots.
const dugout_schema_v1* schema_service();
const dugout_records_v1* record_service();
const dugout_http_v1* http_service();

// One plugin's dugout_host. The slot is given back when the last copy goes.
class HostTable {
 public:
  // nullptr table = all slots are taken.
  HostTable(std::string plugin, const std::vector<std::string>& needs);
  ~HostTable();
  HostTable(const HostTable&) = delete;
  HostTable& operator=(const HostTable&) = delete;

  const dugout_host* table() const;
  void keep_for_ever() { keep_ = true; }  // for a module that stays mapped

 private:
  int slot_ = -1;
  bool keep_ = false;
};

}  // namespace dugout::host

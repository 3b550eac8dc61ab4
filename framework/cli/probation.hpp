// How the plugins of a new generation do beside those they replaced, for a while. [any]
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/app.hpp"

namespace dugout::cli {

// Is the new one worse? By its own defects: three or more, and a share that is ten points above the
// old one's. By calls without an answer: after twenty of each, a share that is thirty points above.
bool is_worse(const host::PluginCounts& fresh, const host::PluginCounts& old);

// A plugin that does worse than the one before.
struct Worse {
  std::string id;
  std::shared_ptr<const Reading> before;  // in which that one served
};

// [outside: whoever reloads]
class Probation {
 public:
  // From now on `id` is compared with what `before` served. One that is exchanged again before its
  // time is up is compared with the last one that stood it, not with the one in between.
  void watch(const std::string& id, std::shared_ptr<const Reading> before, core::MonoTime until);
  void forget(const std::string& id) { watched_.erase(id); }
  void clear() { watched_.clear(); }
  void expire(core::MonoTime now);  // and lets the old plugins go
  // Which of them do worse in `now`; the one that is watched for the longest first.
  std::vector<Worse> worse(const host::Generation& now) const;

 private:
  struct Watched {
    std::shared_ptr<const Reading> before;  // with the plugin that was replaced
    host::PluginCounts counts;              // its own at that time
    core::MonoTime until{};
    std::uint64_t order = 0;
  };
  std::map<std::string, Watched> watched_;  // by id
  std::uint64_t last_ = 0;
};

}  // namespace dugout::cli

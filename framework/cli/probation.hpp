// How the plugins of a new generation do beside those they replaced, for a while. [any]
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "cli/app.hpp"
#include "core/files.hpp"

namespace dugout::cli {

// The files of a plugin as they were when it was judged.
struct PluginFiles {
  core::FileStamp manifest, library;
  bool operator==(const PluginFiles&) const = default;
};
PluginFiles files_of(const host::Manifest& manifest);

// Is the new one worse? By its own defects: three or more, and a share that is ten points above the
// old one's. By calls without an answer: after twenty of each, a share that is thirty points above.
bool is_worse(const host::PluginCounts& fresh, const host::PluginCounts& old);

struct Probation {
  std::shared_ptr<const Reading> before;             // with the plugins that were replaced
  std::map<std::string, host::PluginCounts> counts;  // theirs at that time, by id
  core::MonoTime until{};

  // Which of them do worse in `now`.
  std::set<std::string> worse(const host::Generation& now) const;
};

}  // namespace dugout::cli

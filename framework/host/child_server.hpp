// The child's side of an isolated plugin: what `dugout plugin-child` runs. One plugin, one process.
#pragma once

namespace dugout::host {

// Serves the host at file 3 with the library at file 4 until it hangs up. The process's exit code.
// REQUIRES: a process that was started for this, with one thread.
int serve_plugin_child();

}  // namespace dugout::host

// Where plugins go that nobody holds any more. Private to host.
#pragma once

namespace dugout::host {

class Plugin;

// [any] Takes it out of use: on the reaper's thread while there is a Reaper, else here and now.
void reap(Plugin* plugin);

}  // namespace dugout::host

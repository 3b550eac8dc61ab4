// The process of an isolated plugin, for tests whose own program cannot be one.
#include "host/child_server.hpp"

int main() {
  return dugout::host::serve_plugin_child();
}

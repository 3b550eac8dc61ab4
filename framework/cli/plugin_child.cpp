// `dugout plugin-child`: this program as the process of an isolated plugin. Not for people, so the
// help does not name it; it is recognised before anything else is done.
#include "cli/plugin_child.hpp"

#include <string_view>

#include "host/child_server.hpp"

namespace dugout::cli {

bool is_plugin_child(int argc, char** argv) {
  return argc == 2 && std::string_view(argv[1]) == "plugin-child";
}

int plugin_child() {
  return host::serve_plugin_child();
}

}  // namespace dugout::cli

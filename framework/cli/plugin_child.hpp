// The hidden command that isolated plugins run in.
#pragma once

namespace dugout::cli {

bool is_plugin_child(int argc, char** argv);
int plugin_child();

// How a host of this program starts one: the program that runs, whatever became of its file.
inline constexpr const char* kThisProgram = "/proc/self/exe";

}  // namespace dugout::cli

#include "observability/process_figures.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace dugout::observability {
namespace {

std::string text_of(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::uint64_t number_behind(const std::string& text, const std::string& word) {
  const auto at = text.find(word);
  if (at == std::string::npos) return 0;
  std::istringstream rest(text.substr(at + word.size()));
  std::uint64_t number = 0;
  rest >> number;
  return number;
}

// proc(5): the fields of /proc/self/stat behind the program's name, which may hold anything.
void read_stat(ProcessFigures& out) {
  const auto stat = text_of("/proc/self/stat");
  const auto name = stat.rfind(')');
  const auto ticks = sysconf(_SC_CLK_TCK);
  if (name == std::string::npos || ticks <= 0) return;
  std::istringstream fields(stat.substr(name + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;  // 14, 15
  for (int field = 16; field < 20; ++field) fields >> skipped;
  double started = 0;
  fields >> out.threads >> skipped >> started >> out.virtual_bytes;  // 20, 22, 23
  std::uint64_t pages = 0;
  fields >> pages;
  out.resident_bytes = pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  out.cpu_seconds = (user + system) / static_cast<double>(ticks);
  const auto booted = number_behind(text_of("/proc/stat"), "\nbtime ");
  out.started = static_cast<double>(booted) + started / static_cast<double>(ticks);
}

std::uint64_t open_files() {
  std::error_code error;
  std::uint64_t count = 0;
  for (auto entry = std::filesystem::directory_iterator("/proc/self/fd", error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    ++count;
  }
  return count > 0 ? count - 1 : 0;  // one was the folder itself
}

}  // namespace

ProcessFigures process_figures() {
  ProcessFigures out;
  read_stat(out);
  out.open_files = open_files();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) out.most_files = limit.rlim_cur;
  return out;
}

}  // namespace dugout::observability

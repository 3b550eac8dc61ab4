#include "cli/self_check.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "core/json.hpp"

namespace dugout::cli {
namespace {

using core::Json;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostOutput = 1U << 20;
// s, of one check: beside a server that is busy answering no plugin is taken for one that hangs.
constexpr int kCheckLimit = 30 * core::kPatience;

Error unavailable(int number) {
  return {Code::kUnavailable,
          "the self-test cannot be started: " + std::generic_category().message(number)};
}

// What a program needs to find its libraries, its temporary files and the right words; and a
// sanitizer. None of the server's keys and tokens: the code that runs there is not yet trusted.
std::vector<std::string> environment_of_check() {
  std::vector<std::string> out;
  for (const char* name : {"PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "LD_LIBRARY_PATH",
                           "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
  }
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

// What the child is born with: nothing of ours but a pipe for what it says, and no signal blocked,
// whatever the calling thread blocks.
class Birth {
 public:
  explicit Birth(int out) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_addopen(&files_, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files_, out, 1);
    posix_spawn_file_actions_addopen(&files_, 2, "/dev/null", O_WRONLY, 0);
    // Not every socket of ours is made to be closed then.
    posix_spawn_file_actions_addclosefrom_np(&files_, 3);
    posix_spawnattr_init(&how_);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&how_, &none);
    posix_spawnattr_setpgroup(&how_, 0);
    posix_spawnattr_setflags(&how_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  ~Birth() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&how_);
  }
  Birth(const Birth&) = delete;
  Birth& operator=(const Birth&) = delete;

  // 0, or the errno.
  int run(std::vector<std::string> words, pid_t& child) {
    auto variables = environment_of_check();
    return ::posix_spawn(&child, "/proc/self/exe", &files_, &how_, pointers(words).data(),
                         pointers(variables).data());
  }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t how_;
};

// What a thread that waits for files hears of a cancel.
class Bell {
 public:
  explicit Bell(const core::CancelToken& stop) : file_(::eventfd(0, EFD_CLOEXEC)) {
    hook_.emplace(stop, [this] {
      const std::uint64_t one = 1;
      (void)!::write(file_, &one, sizeof one);
    });
  }
  ~Bell() {
    hook_.reset();
    ::close(file_);
  }
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  int file() const { return file_; }

 private:
  const int file_;
  std::optional<core::CancelToken::Hook> hook_;
};

// False: it did not end in time, or nobody waits for it any more.
bool read_all(int pipe, int bell, Clock::time_point until, std::string& text) {
  std::array<char, 4096> piece;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    std::array<pollfd, 2> ready{{{pipe, POLLIN, 0}, {bell, POLLIN, 0}}};
    if (left <= 0 || ::poll(ready.data(), ready.size(), static_cast<int>(left)) == 0) return false;
    if (ready[1].revents != 0) return false;
    const auto got = ::read(pipe, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    if (text.size() < kMostOutput) text.append(piece.data(), static_cast<std::size_t>(got));
  }
}

int end_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

Status judged(const std::string& text, int status) {
  const bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (good) return Done{};
  std::string failed;
  const auto results = core::parse_json(text);
  if (results && results->is_array()) {
    for (const auto& result : *results) {
      if (!result.is_object() || result.value("passed", true)) continue;
      if (failed.size() > 300) break;
      failed += (failed.empty() ? "" : "; ") + core::member(result, "name") + ": " +
                core::member(result, "detail");
    }
  }
  if (failed.empty()) failed = "the suite itself did not come to its end";
  return Error{Code::kInvalid, "it fails its self-test: " + failed};
}

}  // namespace

Status self_check(const host::Manifest& manifest, const core::CancelToken& stop,
                  std::chrono::seconds at_most) {
  const Error stopped{Code::kCancelled, "its self-test was ended, as the server stops"};
  if (stop.cancelled()) return stopped;
  const Bell bell(stop);
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return unavailable(errno);
  pid_t child = 0;
  const auto failed = Birth(pipe[1]).run(
      {"dugout", "plugin", "check", "--json", "--isolation", manifest.isolated ? "process" : "none",
       "--limit", std::to_string(kCheckLimit), "--server", std::to_string(::getpid()),
       manifest.folder},
      child);
  ::close(pipe[1]);
  std::string text;
  const bool ended = failed == 0 && read_all(pipe[0], bell.file(), Clock::now() + at_most, text);
  ::close(pipe[0]);
  if (failed != 0) return unavailable(failed);
  if (!ended) ::kill(-child, SIGKILL);  // with the processes that it made
  const int status = end_of(child);
  if (ended) return judged(text, status);
  if (stop.cancelled()) return stopped;
  return Error{Code::kTimeout,
               "its self-test does not end within " + std::to_string(at_most.count()) + " s"};
}

}  // namespace dugout::cli

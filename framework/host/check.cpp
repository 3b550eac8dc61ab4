// Runs the conformance suite in a child process: a plugin that crashes or hangs there is a failed
// check here. Fork, not exec, so that it works from any program; not for a process that is serving.
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/json.hpp"
#include "host/conformance.hpp"
#include "host/host.hpp"

namespace dugout::host {
namespace {

// Child side: one JSON line when a check begins, one when it ends.
class PipeReport final : public Report {
 public:
  explicit PipeReport(int pipe) : pipe_(pipe) {}
  void begin(const std::string& name) override {
    name_ = name;
    send({{"begin", name}});
  }
  void end(bool passed, const std::string& detail) override {
    send({{"name", name_}, {"passed", passed}, {"detail", detail}});
  }

 private:
  void send(const core::Json& line) const {
    const auto text = core::canonical(line) + "\n";
    std::string_view rest = text;
    while (!rest.empty()) {
      const auto put = ::write(pipe_, rest.data(), rest.size());
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) ::_exit(3);  // nobody listens any more
      rest.remove_prefix(static_cast<std::size_t>(put));
    }
  }
  int pipe_;
  std::string name_;
};

[[noreturn]] void child(const std::string& path, const Isolation& isolation, pid_t parent,
                        int pipe) {
  // Nobody is left over who runs a plugin for nobody.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(3);
  // The parent's handlers would report a crash as theirs, or as an exit.
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM}) {
    std::signal(signal, SIG_DFL);
  }
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  PipeReport report(pipe);
  try {
    run_conformance(path, isolation, report);
  } catch (const std::exception& thrown) {
    report.end(false, std::string("threw: ") + thrown.what());
  }
  ::_exit(0);
}

// Parent side.
class Collector {
 public:
  void take(std::string_view bytes) {
    pending_.append(bytes);
    for (auto end = pending_.find('\n'); end != pending_.npos; end = pending_.find('\n')) {
      line(pending_.substr(0, end));
      pending_.erase(0, end + 1);
    }
  }
  // The check that was running failed by `how`.
  void fail(std::string how) {
    results_.push_back(
        {current_.empty() ? "the suite runs to its end" : current_, false, std::move(how)});
  }
  bool in_check() const { return !current_.empty(); }
  std::vector<CheckResult> results() && { return std::move(results_); }

 private:
  void line(const std::string& text) {
    const auto parsed = core::parse_json(text);
    if (!parsed) return;
    if (const auto begun = core::member(*parsed, "begin"); !begun.empty()) {
      current_ = begun;
      return;
    }
    results_.push_back({core::member(*parsed, "name"), parsed->value("passed", false),
                        core::member(*parsed, "detail")});
    current_.clear();
  }

  std::string pending_, current_;
  std::vector<CheckResult> results_;
};

// Until the child closes its end; false = it hangs.
bool collect(int pipe, std::chrono::milliseconds hang, Collector& collector) {
  std::array<char, 4096> buffer;
  for (;;) {
    pollfd wait{pipe, POLLIN, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(hang.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const auto got = ::read(pipe, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    collector.take({buffer.data(), static_cast<std::size_t>(got)});
  }
}

void judge_end(int status, Collector& collector) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    const char* name = ::sigabbrev_np(signal);
    collector.fail("the process was ended by SIG" + std::string(name == nullptr ? "?" : name) +
                   " (" + ::strsignal(signal) + ")");
  } else if (WEXITSTATUS(status) != 0 || collector.in_check()) {
    collector.fail("the process ended with code " + std::to_string(WEXITSTATUS(status)));
  }
}

}  // namespace

std::vector<CheckResult> check_plugin(const std::string& path, std::chrono::milliseconds hang,
                                      const Isolation& isolation) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {{"the suite starts", false, "no pipe"}};
  const auto parent = ::getpid();
  const auto pid = ::fork();
  if (pid == 0) {
    ::close(ends[0]);
    child(path, isolation, parent, ends[1]);
  }
  ::close(ends[1]);
  Collector collector;
  if (pid < 0) {
    collector.fail("no process to run it in");
  } else {
    const bool ended = collect(ends[0], hang, collector);
    if (!ended) ::kill(pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (ended) {
      judge_end(status, collector);
    } else {
      collector.fail("it did not come back within " + std::to_string(hang.count()) + " ms");
    }
  }
  ::close(ends[0]);
  return std::move(collector).results();
}

}  // namespace dugout::host

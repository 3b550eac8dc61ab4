#include "host/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <system_error>

#include "core/sanitized.hpp"
#include "dugout/sdk/text.hpp"
#include "host/budget.hpp"
#include "host/calls.hpp"
#include "host/child_asks.hpp"
#include "host/sandbox.hpp"

namespace dugout::host {

// For a whole frame: the child's reader does nothing but read.
constexpr std::chrono::milliseconds kSendPatience{5'000 * kPatience};
// What it asks is kept until it is answered. Its calls do so one question after the other, from few
// threads; more is a flood, which would fill the host's memory.
constexpr std::size_t kMostQuestions = 64;                      // of one call
constexpr std::size_t kMostAskedBytes = std::size_t{64} << 20;  // of the whole child
constexpr int kMostLines = 200;                                 // of its log, a second
constexpr auto kNever = std::chrono::steady_clock::time_point::max();

struct Child::Pending {
  std::uint64_t id = 0;
  const ToolTerms* tool = nullptr;
  bool done = false, returned = false, dead = false;
  std::chrono::steady_clock::time_point give_up = kNever;
  std::deque<Frame> asked;
  ChildReply reply;
  std::condition_variable changed;
};

// --- Beginning and end ---

Child::Child(std::shared_ptr<ChildPlan> plan) : plan_(std::move(plan)) {}

std::shared_ptr<Child> Child::start(const std::shared_ptr<ChildPlan>& plan, std::string& why) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    why = "no socket: " + std::generic_category().message(errno);
    return nullptr;
  }
  const std::shared_ptr<Child> child(new Child(plan));
  child->socket_ = ends[0];
  try {
    child->reader_ = std::thread([made = child.get(), ends] { made->run(ends[0], ends[1]); });
  } catch (const std::system_error& error) {
    ::close(ends[1]);
    why = error.what();
    return nullptr;
  }
  std::unique_lock lock(child->mutex_);
  child->started_.wait(lock, [&] { return child->begun_; });
  if (!child->dead_) return child;
  why = child->why_;
  return nullptr;
}

Child::~Child() {
  kill("it was let go");
  if (reader_.joinable()) reader_.join();
  ::close(socket_);
}

// The child dies with the thread that made it (PR_SET_PDEATHSIG), so that thread stays with it.
void Child::run(int socket, int theirs) {
  const bool made = spawn(theirs);
  ::close(theirs);
  {
    const std::lock_guard lock(mutex_);
    begun_ = true;
    dead_ = !made;
  }
  started_.notify_all();
  if (!made) return;
  read(socket);
  kill("it broke the protocol");
  siginfo_t about{};
  // Not waited for yet, so that its number stays taken while kill() may use it.
  while (::waitid(P_PID, static_cast<id_t>(process_), &about, WEXITED | WNOWAIT) != 0 &&
         errno == EINTR) {
  }
  ended();
}

namespace {

// Only what a sanitizer needs to be told; and that what is freed shall not be kept for long, as it
// counts.
std::vector<std::string> environment_of_child() {
  std::vector<std::string> out;
  if (!core::kSanitized) return out;
  std::string address = "ASAN_OPTIONS=quarantine_size_mb=8";
  for (char** one = environ; one != nullptr && *one != nullptr; ++one) {
    const std::string_view text = *one;
    if (text.rfind("ASAN_OPTIONS=", 0) == 0) {
      address += ":" + std::string(text.substr(text.find('=') + 1));
    } else if (text.find("SAN_OPTIONS=") != text.npos) {
      out.emplace_back(text);
    }
  }
  out.push_back(std::move(address));
  return out;
}

std::size_t bytes_of(const Frame& frame) {
  std::size_t all = 0;
  for (const auto& text : frame.texts) all += text.size();
  return all;
}

std::string text_of_end(int status) {
  if (WIFSIGNALED(status)) {
    const char* name = ::sigabbrev_np(WTERMSIG(status));
    return "its process was ended by SIG" + std::string(name == nullptr ? "?" : name);
  }
  return "its process ended with code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

bool Child::spawn(int theirs) {
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  if (plan_->data_folder.empty()) ::posix_spawn_file_actions_addchdir_np(&files, "/");
  ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  // What a dying plugin prints may hold what people said. A sanitizer's report is wanted.
  if (!core::kSanitized) ::posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  // Neither lies in the way of the other: they are moved out of it first.
  const int socket = ::fcntl(theirs, F_DUPFD_CLOEXEC, 10);
  const int library = ::fcntl(plan_->library, F_DUPFD_CLOEXEC, 10);
  ::posix_spawn_file_actions_adddup2(&files, socket, kChildSocket);
  ::posix_spawn_file_actions_adddup2(&files, library, kChildLibrary);
  ::posix_spawn_file_actions_addclosefrom_np(&files, kChildLibrary + 1);
  posix_spawnattr_t how;
  ::posix_spawnattr_init(&how);
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&how, &none);
  // Of its own group: Ctrl-C at the terminal is for the host, which may still need it.
  ::posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  std::array<char*, 3> arguments{const_cast<char*>("dugout"), const_cast<char*>("plugin-child"),
                                 nullptr};
  auto texts = environment_of_child();
  std::vector<char*> environment;
  for (auto& text : texts) environment.push_back(text.data());
  environment.push_back(nullptr);
  pid_t process = -1;
  const int error = ::posix_spawn(&process, plan_->program.c_str(), &files, &how, arguments.data(),
                                  environment.data());
  ::posix_spawnattr_destroy(&how);
  ::posix_spawn_file_actions_destroy(&files);
  ::close(socket);
  ::close(library);
  const std::lock_guard lock(mutex_);
  if (error != 0) {
    why_ = "no process: " + std::generic_category().message(error);
    return false;
  }
  process_ = process;
  return true;
}

void Child::kill(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (process_ < 0) return;
  siginfo_t about{};
  // One that has ended by itself has its own reason.
  const bool runs =
      ::waitid(P_PID, static_cast<id_t>(process_), &about, WEXITED | WNOWAIT | WNOHANG) == 0 &&
      about.si_pid == 0;
  if (runs && why_.empty()) why_ = why;
  ::kill(process_, SIGKILL);
}

void Child::ended() {
  const std::lock_guard lock(mutex_);
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  dead_ = true;
  if (why_.empty()) why_ = text_of_end(status);
  for (auto& [id, one] : pending_) {
    one->dead = true;
    one->reply.alone = pending_.size() == 1;
    one->changed.notify_all();
  }
}

bool Child::alive() const {
  const std::lock_guard lock(mutex_);
  return !dead_;
}

std::string Child::end() const {
  const std::lock_guard lock(mutex_);
  return why_;
}

std::chrono::seconds Child::cpu_time() const {
  const std::lock_guard lock(mutex_);
  clockid_t clock{};
  timespec used{};
  if (process_ < 0 || ::clock_getcpuclockid(process_, &clock) != 0 ||
      ::clock_gettime(clock, &used) != 0) {
    return std::chrono::seconds(0);
  }
  return std::chrono::seconds(used.tv_sec);
}

// --- What comes from it ---

void Child::read(int socket) {
  while (auto frame = read_frame(socket)) {
    if (frame->kind == Frame::Kind::kCall || frame->kind == Frame::Kind::kServed) return;
    take(std::move(*frame));
  }
  // What cannot be read is against the protocol, unless it is the line of one that dies.
  pollfd line{socket, 0, 0};
  if (::poll(&line, 1, 100) <= 0) return;
  // It hung up by ending; what it died of is told a moment later, or later on a busy machine.
  siginfo_t about{};
  for (int tries = 0; tries < 1000; ++tries) {
    if (::waitid(P_PID, static_cast<id_t>(process_), &about, WEXITED | WNOWAIT | WNOHANG) != 0 ||
        about.si_pid != 0) {
      return;
    }
    ::poll(nullptr, 0, 2);
  }
}

void Child::take(Frame&& frame) {
  std::unique_lock lock(mutex_);
  const auto found = pending_.find(frame.call);
  if (frame.kind == Frame::Kind::kAsk) {
    if (frame.op == static_cast<std::uint8_t>(ServiceOp::kLog) && !may_log()) return;
    if (waits_for_host(frame) && found != pending_.end()) {
      if (keep(*found->second, std::move(frame))) return;
      lock.unlock();
      return kill("it asks too much at once");
    }
    if (found == pending_.end()) frame.call = 0;  // of a call that is over, or never was
    lock.unlock();
    return answer(frame);
  }
  if (found == pending_.end() || found->second->done) {
    // A second answer, or one that nobody waits for any more: counted where those of others are.
    if (frame.kind == Frame::Kind::kDone) complete_call(nullptr, DUGOUT_OK, {});
    if (found == pending_.end() || frame.kind == Frame::Kind::kDone) return;
  }
  auto& one = *found->second;
  if (frame.kind == Frame::Kind::kDone) {
    one.done = true;
    one.reply.status = frame.status;
    if (!frame.texts.empty()) one.reply.first = std::move(frame.texts[0]);
    if (frame.texts.size() > 1) one.reply.second = std::move(frame.texts[1]);
  } else {
    one.returned = true;
  }
  if (one.done && one.returned) one.changed.notify_all();
}

bool Child::keep(Pending& one, Frame&& asked) {
  const auto size = bytes_of(asked);
  if (one.asked.size() >= kMostQuestions || asked_bytes_ + size > kMostAskedBytes) return false;
  asked_bytes_ += size;
  one.asked.push_back(std::move(asked));
  one.changed.notify_all();
  return true;
}

bool Child::may_log() {
  const auto now = std::chrono::steady_clock::now();
  if (now - log_second_ > std::chrono::seconds(1)) {
    log_second_ = now;
    lines_ = 0;
  }
  return ++lines_ <= kMostLines;
}

void Child::answer(const Frame& asked) {
  const auto served = serve_child(plan_->host.load(), asked);
  if (asked.serial == 0) return;
  send({Frame::Kind::kServed, asked.op, served.status, asked.call, asked.serial},
       {served.first, served.second});
}

void Child::send(const FrameHead& head, const std::vector<std::string_view>& texts) {
  bool sent = false;
  {
    const std::lock_guard lock(sending_);
    sent = send_frame(socket_, head, texts, kSendPatience);
  }
  if (!sent) kill("it does not listen");  // half a frame may stand in the line
}

// --- Calls ---

ChildReply Child::begin(Pending& mine, ChildOp op, std::int32_t status,
                        const std::vector<std::string_view>& texts) {
  {
    const std::lock_guard lock(mutex_);
    mine.id = ++last_;
    mine.dead = dead_;
    if (!dead_) pending_[mine.id] = &mine;
    // Who cancels says so first and looks for the call then: one of the two sees the other.
    if (mine.tool != nullptr && *mine.tool->cancelled) {
      mine.give_up = std::chrono::steady_clock::now() + mine.tool->grace;
    }
  }
  if (!mine.dead) {
    send({Frame::Kind::kCall, static_cast<std::uint8_t>(op), status, mine.id, 0}, texts);
  }
  std::unique_lock lock(mutex_);
  const auto over = [&] { return mine.dead || (mine.done && mine.returned); };
  for (;;) {
    serve(lock, mine);
    if (over() || std::chrono::steady_clock::now() >= mine.give_up) break;
    if (!mine.asked.empty()) continue;
    if (mine.give_up == kNever) {
      mine.changed.wait(lock);
    } else {
      mine.changed.wait_until(lock, mine.give_up);
    }
  }
  pending_.erase(mine.id);
  for (const auto& asked : mine.asked) asked_bytes_ -= bytes_of(asked);
  if (over() || mine.done) {
    mine.reply.end = mine.done ? ChildReply::End::kAnswered : ChildReply::End::kDied;
  } else {
    mine.reply.end = ChildReply::End::kLate;
  }
  if (!mine.done) mine.reply.why = why_;
  return std::move(mine.reply);
}

// What it asks for is done on the thread of the call, which has nothing else to do.
void Child::serve(std::unique_lock<std::mutex>& lock, Pending& mine) {
  while (!mine.asked.empty() && !mine.dead && std::chrono::steady_clock::now() < mine.give_up) {
    const auto asked = std::move(mine.asked.front());
    mine.asked.pop_front();
    lock.unlock();
    answer(asked);
    lock.lock();
    asked_bytes_ -= bytes_of(asked);
  }
}

ChildReply Child::call(ChildOp op, std::int32_t status, const std::vector<std::string_view>& texts,
                       std::chrono::milliseconds limit) {
  Pending mine;
  mine.give_up = std::chrono::steady_clock::now() + limit;
  return begin(mine, op, status, texts);
}

ChildReply Child::tool(ChildOp op, const ToolTerms& terms,
                       const std::vector<std::string_view>& texts) {
  Pending mine;
  mine.tool = &terms;
  return begin(mine, op, 0, texts);
}

bool Child::cancel(dugout_call* number) {
  std::uint64_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [at, one] : pending_) {
      if (one->tool == nullptr || one->tool->number != number) continue;
      id = at;
      one->give_up = std::chrono::steady_clock::now() + one->tool->grace;
      one->changed.notify_all();
    }
  }
  if (id == 0) return false;
  send({Frame::Kind::kCall, static_cast<std::uint8_t>(ChildOp::kCancel), 0, 0, id}, {});
  return true;
}

void Child::cancel_unknown() {
  send({Frame::Kind::kCall, static_cast<std::uint8_t>(ChildOp::kCancel), 0, 0, ~std::uint64_t{0}},
       {});
}

}  // namespace dugout::host

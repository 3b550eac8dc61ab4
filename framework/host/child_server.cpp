// The main thread reads; each call runs on a worker of its own, so that one that hangs blocks no
// other. Whatever goes wrong in here ends this process, and the host sees that.
#include "host/child_server.hpp"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <deque>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/json.hpp"
#include "dugout/sdk/text.hpp"
#include "host/child_services.hpp"
#include "host/manifest.hpp"
#include "host/plugin.hpp"
#include "host/sandbox.hpp"

namespace dugout::host {
namespace child_side {
namespace {

constexpr int kWrongUse = 2, kBroken = 3;
constexpr int kMostWorkers = 64;

// The plugin is where a call can find it as long as the process lives.
struct Guest {
  Manifest manifest;
  std::unique_ptr<Library> library;
  std::shared_ptr<Plugin> plugin;
};
Guest& guest() {
  static auto* one = new Guest();
  return *one;
}

struct Answer {
  dugout_status status = DUGOUT_OK;
  std::string first, second;
};

Answer fault(const std::string& message) {
  return {DUGOUT_E_INTERNAL, core::canonical(core::Json{{"message", message}}), {}};
}

// --- Life
// ------------------------------------------------------------------------------------------

Sandbox sandbox_of(const core::Json& hello) {
  Sandbox sandbox;
  sandbox.memory_mb = hello.value("memory_mb", sandbox.memory_mb);
  sandbox.network = hello.value("network", false);
  sandbox.files = hello.value("files", false);
  sandbox.data_folder = core::member(hello, "data_folder");
  sandbox.plugin_folder = core::member(hello, "plugin_folder");
  return sandbox;
}

Manifest manifest_of(const core::Json& hello) {
  Manifest manifest;
  manifest.id = core::member(hello, "id");
  manifest.library = core::member(hello, "library");
  manifest.abi_major = hello.value("abi_major", 0U);
  manifest.abi_minor = hello.value("abi_minor", 0U);
  manifest.faces = hello.value("faces", std::vector<std::string>{});
  manifest.needs = hello.value("needs", std::vector<std::string>{});
  return manifest;
}

std::string first_of(const core::Findings& findings) {
  return findings.empty() ? "it was refused without a reason" : findings.front().message;
}

// Not before the sandbox is closed does any code of the plugin run.
Answer open(const Frame& frame) {
  const auto hello = core::parse_json(frame.text(0));
  if (!hello) return fault("the host's greeting cannot be read");
  if (::getppid() != hello->value("host", 0)) ::_exit(kBroken);  // it ended meanwhile
  std::string note;
  if (const auto why = enter_sandbox(sandbox_of(*hello), note); !why.empty()) {
    return fault("it cannot be shut in: " + why);
  }
  core::Findings findings;
  guest().manifest = manifest_of(*hello);
  guest().library = Library::open_at("/proc/self/fd/" + std::to_string(kChildLibrary),
                                     guest().manifest, findings);
  if (!guest().library) return fault(first_of(findings));
  return {DUGOUT_OK, note, {}};
}

Answer serves(const Frame& frame) {
  const auto major = static_cast<std::uint32_t>(frame.status);
  const bool yes = guest().library && guest().library->serves(major);
  return {yes ? DUGOUT_OK : DUGOUT_E_NOT_APPLICABLE, {}, {}};
}

// One a line; whether a tool can tell after a crash what it did is one more.
std::string faces_of(const Plugin& plugin) {
  std::string out;
  for (const auto& id : plugin.manifest().faces) out += id + "\n";
  const auto* tool = plugin.face<dugout_tool_v1>(DUGOUT_FACE_TOOL);
  if (tool != nullptr && tool->reconcile != nullptr) out += "reconcile\n";
  return out;
}

Answer create(const Frame& frame) {
  auto& all = guest();
  if (!all.library) return fault("the library is not open");
  core::Findings findings;
  all.plugin = Plugin::start(all.manifest, std::move(all.library), frame.text(0), findings,
                             child_host(all.manifest.needs));
  if (!all.plugin) return fault(first_of(findings));
  if (frame.text(1) != "files") {
    if (const auto why = close_files(); !why.empty()) return fault("it cannot be shut in: " + why);
  }
  return {DUGOUT_OK, faces_of(*all.plugin), {}};
}

// --- Faces
// -----------------------------------------------------------------------------------------

Answer answer_of(dugout_status status, CappedSink&& first, CappedSink&& second = {}) {
  if (first.too_large || second.too_large) {
    return fault(guest().manifest.id + ": its answer is larger than 16 MiB");
  }
  return {status, std::move(first.text), std::move(second.text)};
}

Answer call_face(const Frame& frame) {
  using sdk::text;
  const auto& plugin = *guest().plugin;
  auto* self = plugin.instance();
  const auto one = text(frame.text(0)), two = text(frame.text(1));
  CappedSink out, more;
  dugout_status status = DUGOUT_E_INTERNAL;
  switch (static_cast<ChildOp>(frame.op)) {
    case ChildOp::kParse:
      status = plugin.face<dugout_parser_v1>(DUGOUT_FACE_PARSER)->parse(self, one, two, &out);
      break;
    case ChildOp::kAdvise:
      status = plugin.face<dugout_recovery_v1>(DUGOUT_FACE_RECOVERY)->advise(self, one, &out);
      break;
    case ChildOp::kEncode:
      status =
          plugin.face<dugout_provider_v1>(DUGOUT_FACE_PROVIDER)->encode(self, one, &out, &more);
      break;
    case ChildOp::kDecode:
      status = plugin.face<dugout_provider_v1>(DUGOUT_FACE_PROVIDER)
                   ->decode(self, static_cast<std::uint32_t>(frame.status), one, two, &out);
      break;
    case ChildOp::kValidate:
      status =
          plugin.face<dugout_validator_v1>(DUGOUT_FACE_VALIDATOR)->validate(self, one, two, &out);
      break;
    case ChildOp::kPropose:
      status = plugin.face<dugout_tuner_v1>(DUGOUT_FACE_TUNER)->propose(self, one, &out);
      break;
    case ChildOp::kTrain:
      status = plugin.face<dugout_tuner_v1>(DUGOUT_FACE_TUNER)->train(self, one, &out);
      break;
    case ChildOp::kDescribe:
      status = plugin.face<dugout_tool_v1>(DUGOUT_FACE_TOOL)->describe(self, &out);
      break;
    default:
      break;
  }
  return answer_of(status, std::move(out), std::move(more));
}

dugout_call* number_of(std::uint64_t call) {
  return reinterpret_cast<dugout_call*>(call);
}

// A tool answers through complete(), from wherever it likes.
void enter_tool(const Frame& frame) {
  const auto& plugin = *guest().plugin;
  const auto* table = plugin.face<dugout_tool_v1>(DUGOUT_FACE_TOOL);
  const auto entry =
      frame.op == static_cast<std::uint8_t>(ChildOp::kStart) ? table->start : table->reconcile;
  entry(plugin.instance(), number_of(frame.call), sdk::text(frame.text(0)),
        sdk::text(frame.text(1)));
}

void cancel(const Frame& frame) {
  const auto& plugin = *guest().plugin;
  plugin.face<dugout_tool_v1>(DUGOUT_FACE_TOOL)->cancel(plugin.instance(), number_of(frame.serial));
}

void run(const Frame& frame) {
  const ServedCall served(frame.call);
  Answer answer;
  try {
    switch (static_cast<ChildOp>(frame.op)) {
      case ChildOp::kServes:
        answer = serves(frame);
        break;
      case ChildOp::kCreate:
        answer = create(frame);
        break;
      case ChildOp::kDestroy:
        guest().plugin.reset();
        break;
      case ChildOp::kStart:
      case ChildOp::kReconcile:
        enter_tool(frame);
        return say_returned(frame.call);
      case ChildOp::kCancel:
        return cancel(frame);
      default:
        answer = call_face(frame);
    }
  } catch (...) {
    // Against the contract; those of this runtime are named all the same.
    answer = fault(guest().manifest.id + ": it threw across the boundary");
  }
  say_done(frame.call, answer.status, answer.first, answer.second);
  say_returned(frame.call);
}

// --- Workers
// ---------------------------------------------------------------------------------------

// Threads are made as they are needed and stay.
class Workers {
 public:
  void take(Frame frame) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(frame));
    if (idle_ < waiting_.size() && threads_ < kMostWorkers) {
      ++threads_;
      std::thread([this] { work(); }).detach();
    } else {
      changed_.notify_one();
    }
  }

 private:
  [[noreturn]] void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      ++idle_;
      changed_.wait(lock, [&] { return !waiting_.empty(); });
      --idle_;
      const auto frame = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      run(frame);
      lock.lock();
    }
  }

  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<Frame> waiting_;
  std::size_t idle_ = 0;
  int threads_ = 0;
};

// What the host's signals and its death mean here.
void begin_process() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NAME, "plugin-child");
  for (int signal = 1; signal < 32; ++signal) std::signal(signal, SIG_DFL);
}

}  // namespace
}  // namespace child_side

int serve_plugin_child() {
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(kChildSocket, SOL_SOCKET, SO_TYPE, &type, &size) != 0) {
    std::cerr << "dugout plugin-child is started by a host that isolates a plugin, not by hand\n";
    return child_side::kWrongUse;
  }
  child_side::begin_process();
  auto* workers = new child_side::Workers();  // its threads end with the process
  while (auto frame = read_frame(kChildSocket)) {
    if (frame->kind == Frame::Kind::kServed) {
      take_served(std::move(*frame));
    } else if (frame->op == static_cast<std::uint8_t>(ChildOp::kOpen)) {
      const auto answer = child_side::open(*frame);
      say_done(frame->call, answer.status, answer.first, answer.second);
      say_returned(frame->call);
    } else {
      workers->take(std::move(*frame));
    }
  }
  ::_exit(0);  // the plugin's threads and destructors are nobody's business any more
}

}  // namespace dugout::host

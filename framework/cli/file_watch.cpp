#include "cli/file_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace dugout::cli {
namespace {

namespace fs = std::filesystem;

// Whatever may leave a file with another text: written and closed, renamed to or away, gone.
constexpr std::uint32_t kChanges = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE |
                                   IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ATTRIB;
constexpr std::uint32_t kComings = IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE;
constexpr int kDeepest = 8;

bool hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

// What is ever read of a tree. Whatever editors, compilers and git leave beside it does not count.
bool read_ever(const fs::path& path) {
  const auto end = path.extension();
  return end == ".yaml" || end == ".yml" || end == ".json" || end == ".so";
}

template <typename Visit>
void for_each_below(const fs::path& folder, int depth, Visit visit) {
  core::for_each_entry(folder, [&](const fs::path& path) {
    if (hidden(path)) return;
    std::error_code error;
    const bool inner = fs::is_directory(path, error);
    visit(path, inner);
    if (inner && depth < kDeepest) for_each_below(path, depth + 1, visit);
  });
}

std::string system_error(int number) {
  return std::generic_category().message(number);
}

}  // namespace

FileWatch::FileWatch(WatchedPlaces places)
    : places_(std::move(places)),
      inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (inotify_ < 0) fault_ = system_error(errno);
  (void)watch_folders();
}

FileWatch::~FileWatch() {
  for (const int file : {inotify_, wake_}) {
    if (file >= 0) ::close(file);
  }
}

// Again after each change and each wait, as there may be other folders under the same names;
// watching one twice is one watch. True: there is one that was not watched before.
bool FileWatch::watch_folders() {
  if (inotify_ < 0) return false;
  fault_.clear();
  const auto before = std::exchange(watched_, {});
  for (const auto& tree : places_.trees) {
    watch_above(tree);
    watch(tree);
    for_each_below(tree, 0, [this](const fs::path& path, bool folder) {
      if (folder) watch(path);
    });
  }
  for (const auto& file : places_.files) {
    const auto folder = fs::path(file).parent_path();
    watch_above(folder.empty() ? fs::path(".") : folder);
    watch(folder.empty() ? fs::path(".") : folder);
  }
  // What only an old link led to, or was moved away, would be watched for ever; of one that is gone
  // there is nothing to end.
  for (const auto& [number, names] : before) {
    if (watched_.count(number) == 0) (void)::inotify_rm_watch(inotify_, number);
  }
  return std::any_of(watched_.begin(), watched_.end(),
                     [&](const auto& one) { return before.count(one.first) == 0; });
}

void FileWatch::watch(const fs::path& folder) {
  if (const int number = add(folder, kChanges); number >= 0) watched_[number].clear();
}

// The folder in which it stands: it may come, go, or be another one of the same name.
void FileWatch::watch_above(const fs::path& place) {
  std::error_code error;
  const auto whole = fs::absolute(place, error).lexically_normal();
  const auto self = whole.has_filename() ? whole : whole.parent_path();
  const int number = add(self.parent_path(), kComings | IN_MASK_ADD);  // it may be a tree of ours
  if (number < 0) return;
  const auto [at, fresh] = watched_.try_emplace(number);
  if (fresh || !at->second.empty()) at->second.insert(self.filename());
}

// Its number; -1 = it is not watched.
int FileWatch::add(const fs::path& folder, std::uint32_t changes) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return -1;
  const int number = ::inotify_add_watch(inotify_, folder.c_str(), changes | IN_ONLYDIR);
  if (number >= 0) return number;
  // ENOSPC means watches, not the disk.
  fault_ = folder.string() + ": " +
           (errno == ENOSPC ? "no more watches (sysctl fs.inotify.max_user_watches)"
                            : system_error(errno));
  return -1;
}

FileWatch::Woken FileWatch::wait(std::chrono::milliseconds at_most) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + at_most;
  for (;;) {
    std::array<pollfd, 2> ready{{{inotify_, POLLIN, 0}, {wake_, POLLIN, 0}}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    const auto came = ::poll(ready.data(), ready.size(),
                             static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    // What led elsewhere further up is seen a little later.
    if (came <= 0) return watch_folders() ? Woken::kChange : Woken::kTime;
    if ((ready[1].revents & POLLIN) != 0) {
      std::uint64_t count = 0;
      (void)!::read(wake_, &count, sizeof count);
      return Woken::kAsked;
    }
    if (!drain()) continue;
    (void)watch_folders();
    return Woken::kChange;
  }
}

// False: all of it is neighbours' of what is watched.
bool FileWatch::drain() {
  bool ours = false;
  alignas(inotify_event) std::array<char, 16 << 10> events;
  for (ssize_t size = 0; (size = ::read(inotify_, events.data(), events.size())) > 0;) {
    for (ssize_t at = 0; at < size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(events.data() + at);
      at += static_cast<ssize_t>(sizeof *event + event->len);
      const auto found = watched_.find(event->wd);
      if ((event->mask & IN_IGNORED) != 0 && found == watched_.end()) continue;  // by our own doing
      ours = ours || event->len == 0 || found == watched_.end() || found->second.empty() ||
             found->second.count(event->name) > 0;
    }
  }
  return ours;
}

void FileWatch::wake() {
  const std::uint64_t one = 1;
  (void)!::write(wake_, &one, sizeof one);
}

FileWatch::Stamps WatchedPlaces::stamps() const {
  FileWatch::Stamps out;
  for (const auto& tree : trees) {
    for_each_below(tree, 0, [&out](const fs::path& path, bool folder) {
      if (!folder && read_ever(path)) out[path.string()] = core::stamp_of(path);
    });
  }
  for (const auto& file : files) out[file] = core::stamp_of(file);
  return out;
}

}  // namespace dugout::cli

#include "observability/audit.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/digest.hpp"
#include "core/files.hpp"
#include "dugout/sdk/dates.hpp"

namespace dugout::observability {
namespace {

namespace fs = std::filesystem;
using AuditJson = nlohmann::ordered_json;

constexpr auto kAuditPrefix = "audit-";
constexpr auto kAuditSuffix = ".jsonl";
const std::string kAuditGenesis(64, '0');
constexpr std::size_t kMostAuditWords = 200;  // bytes of one member

Error audit_failed(const fs::path& path, int error) {
  return {Code::kUnavailable, path.string() + ": " + std::generic_category().message(error)};
}

class AuditFile {
 public:
  // Belongs to whoever owns the folder, whoever writes its first line.
  AuditFile(const fs::path& path, int flags)
      : file_(core::open_ours(path, flags, path.parent_path())) {}
  ~AuditFile() {
    if (file_ >= 0) ::close(file_);
  }
  AuditFile(const AuditFile&) = delete;
  AuditFile& operator=(const AuditFile&) = delete;
  explicit operator bool() const { return file_ >= 0; }
  int get() const { return file_; }

 private:
  const int file_;
};

// audit-000001.jsonl and so on, in order.
std::vector<fs::path> audit_files(const fs::path& folder) {
  std::vector<fs::path> files;
  core::for_each_entry(folder, [&](const fs::path& path) {
    const auto name = path.filename().string();
    if (name.starts_with(kAuditPrefix) && name.ends_with(kAuditSuffix)) files.push_back(path);
  });
  std::sort(files.begin(), files.end());
  return files;
}

fs::path audit_path(const fs::path& folder, unsigned long number) {
  char name[40];
  std::snprintf(name, sizeof(name), "%s%06lu%s", kAuditPrefix, number, kAuditSuffix);
  return folder / name;
}

unsigned long file_number(const fs::path& path) {
  const auto name = path.filename().string();
  return std::strtoul(name.c_str() + std::string_view(kAuditPrefix).size(), nullptr, 10);
}

// The end of the chain: the last line as it stands, and whether it is cut off.
struct AuditEnd {
  fs::path path;  // to go on with
  std::uint64_t size = 0;
  std::string last;
  std::uint64_t number = 0;
  bool cut = false;
};

std::optional<AuditLine> read_audit_line(const std::string& text) {
  const auto read = AuditJson::parse(text, nullptr, false);
  if (!read.is_object()) return std::nullopt;
  const auto member = [&](const char* name) {
    const auto found = read.find(name);
    return found != read.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto number = read.find("n");
  if (number == read.end() || !number->is_number_unsigned()) return std::nullopt;
  return AuditLine{number->get<std::uint64_t>(),
                   member("at"),
                   member("who"),
                   member("what"),
                   member("target"),
                   member("outcome"),
                   text};
}

// The lines of one file; the last may lack its end.
void for_each_line(const fs::path& path,
                   const std::function<void(const std::string& line, bool whole)>& take) {
  std::ifstream stream(path, std::ios::binary);
  std::string line;
  while (std::getline(stream, line)) take(line, !stream.eof());
}

AuditEnd audit_end(const fs::path& folder) {
  AuditEnd end;
  const auto files = audit_files(folder);
  end.path = files.empty() ? audit_path(folder, 1) : files.back();
  // A file that was begun and not written to says nothing; the one before it does.
  for (auto file = files.rbegin(); file != files.rend() && end.last.empty(); ++file) {
    std::string before;
    for_each_line(*file, [&](const std::string& line, bool whole) {
      before = std::exchange(end.last, line);
      end.cut = !whole && *file == end.path;
    });
    const auto last = read_audit_line(end.last), other = read_audit_line(before);
    end.number = last ? last->number : (other ? other->number : 0) + (end.last.empty() ? 0 : 1);
  }
  std::error_code error;
  const auto size = fs::file_size(end.path, error);
  end.size = error ? 0 : size;
  return end;
}

std::string audit_words(std::string_view text) {
  return std::string(text.substr(0, kMostAuditWords));
}

// It was made just now: for its owner alone, and that is whoever owns the folder it is in.
void own_folder(const fs::path& folder) {
  const int made = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (made < 0) return;
  (void)::fchmod(made, 0700);
  core::belong_like(made, folder.parent_path());
  ::close(made);
}

Status append_durably(const fs::path& path, std::string_view text) {
  std::error_code error;
  const bool fresh = !fs::exists(path, error);
  const AuditFile file(path, O_WRONLY | O_APPEND);
  if (!file) return audit_failed(path, errno);
  if (::fchmod(file.get(), 0600) != 0) return audit_failed(path, errno);
  while (!text.empty()) {
    const auto count = ::write(file.get(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return audit_failed(path, count < 0 ? errno : EIO);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(file.get()) != 0) return audit_failed(path, errno);
  return fresh ? core::sync_folder(path.parent_path()) : Status(Done{});
}

// Goes along the chain, line by line.
class ChainWalk {
 public:
  ChainWalk(AuditCheck& check, std::string_view wanted,
            const std::function<void(const AuditLine&)>& take)
      : check_(check), wanted_(wanted), take_(take) {}

  void file(const fs::path& path) {
    path_ = path.filename().string();
    in_file_ = 0;
    for_each_line(path, [this](const std::string& line, bool whole) { step(line, whole); });
  }

  void end() {
    if (!torn_.empty() && check_.broken.empty()) {
      check_.notes.push_back(torn_ +
                             ": the last line was cut off, as by a crash; all before it is whole");
    }
    check_.head = last_.empty() ? "" : core::sha256_hex(last_);
  }

 private:
  void broken(const std::string& why) {
    if (check_.broken.empty()) check_.broken = place() + ": " + why;
  }
  std::string place() const { return path_ + ":" + std::to_string(in_file_); }

  void step(const std::string& text, bool whole) {
    ++in_file_;
    ++check_.lines;
    const auto line = read_audit_line(text);
    if (!line) {
      // Whether a crash cut it or a hand did is told by the next line, which holds its digest.
      if (!torn_.empty()) broken("is no line of an audit log");
      torn_ = place();
      if (check_.first == 0)
        check_.first = number_ = 1;
      else
        ++number_;
      last_ = text;
      return;
    }
    follow(*line);
    if (!whole && check_.broken.empty()) {
      check_.notes.push_back(place() + ": the last line lacks its end, as after a crash");
    }
    last_ = text;
    number_ = line->number;
    if (core::sha256_hex(text) == wanted_) check_.meets = true;
    if (take_) take_(*line);
  }

  void follow(const AuditLine& line) {
    const auto read = AuditJson::parse(line.text, nullptr, false);
    const auto found = read.find("prev");
    const auto prev = found != read.end() && found->is_string() ? found->get<std::string>() : "";
    if (check_.first == 0) {
      check_.first = line.number;
      if (line.number == 1 && prev != kAuditGenesis) broken("the first line follows another one");
      if (line.number > 1) {
        check_.notes.push_back(place() + ": the log begins with line " +
                               std::to_string(line.number) + "; what was before is kept elsewhere");
      }
      return;
    }
    if (prev != core::sha256_hex(last_)) {
      broken("does not follow the line before it: that one was changed, or one was taken out");
    } else if (line.number != number_ + 1) {
      broken("its number is not the next one");
    } else if (!torn_.empty()) {
      check_.notes.push_back(torn_ + ": a line was cut off, as by a crash; the chain goes on");
    }
    torn_.clear();
  }

  AuditCheck& check_;
  const std::string_view wanted_;
  const std::function<void(const AuditLine&)>& take_;
  std::string path_, last_, torn_;
  std::uint64_t in_file_ = 0, number_ = 0;
};

}  // namespace

fs::path audit_folder(const std::string& data) {
  return fs::path(data) / "audit";
}

AuditLog::AuditLog(fs::path folder, core::Clock& clock, std::size_t file_bytes)
    : folder_(std::move(folder)), clock_(clock), file_bytes_(file_bytes) {}

Status AuditLog::write(std::string_view who, std::string_view what, std::string_view target,
                       std::string_view outcome) {
  const std::lock_guard guard(mutex_);
  std::error_code error;
  if (fs::create_directories(folder_, error)) {
    own_folder(folder_);
    if (auto kept = core::sync_folder(folder_.parent_path()); !kept) return kept;
  }
  const auto lock_path = folder_ / "lock";
  const AuditFile lock(lock_path, O_RDWR);
  if (!lock) return audit_failed(lock_path, errno);
  while (::flock(lock.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return audit_failed(lock_path, errno);
  }
  auto end = audit_end(folder_);
  if (end.size >= file_bytes_) {
    end.path = audit_path(folder_, file_number(end.path) + 1);
    end.cut = false;
  }
  const AuditJson line{
      {"n", end.number + 1},
      {"at", sdk::iso_time(clock_.wall_now().time_since_epoch().count())},
      {"who", audit_words(who)},
      {"what", audit_words(what)},
      {"target", audit_words(target)},
      {"outcome", audit_words(outcome)},
      {"prev", end.number == 0 && end.last.empty() ? kAuditGenesis : core::sha256_hex(end.last)}};
  // What a crash left of a line stays as it is, and is part of the chain.
  return append_durably(end.path,
                        (end.cut ? "\n" : "") +
                            line.dump(-1, ' ', false, AuditJson::error_handler_t::replace) + "\n");
}

Outcome<AuditCheck> check_audit(const fs::path& folder, std::string_view wanted,
                                const std::function<void(const AuditLine&)>& take) {
  const auto files = audit_files(folder);
  if (files.empty()) return Error{Code::kNotFound, "there is no audit log in " + folder.string()};
  AuditCheck check;
  ChainWalk walk(check, wanted, take);
  for (const auto& file : files) walk.file(file);
  walk.end();
  return check;
}

}  // namespace dugout::observability

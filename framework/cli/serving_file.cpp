#include "cli/serving_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>

#include "core/json.hpp"

namespace dugout::cli {
namespace {

constexpr int kLockTries = 50;
constexpr std::chrono::milliseconds kLockPause{20};

std::string path_in(const std::string& data) {
  return data + "/serve.json";
}

// Who looks whether somebody has it has it for a moment as well.
bool locked(int file) {
  for (int tries = 0; ::flock(file, LOCK_EX | LOCK_NB) != 0; ++tries) {
    if (errno != EWOULDBLOCK || tries == kLockTries) return false;
    std::this_thread::sleep_for(kLockPause);
  }
  return true;
}

}  // namespace

ServingFile::ServingFile(const std::string& data, const std::string& url)
    : path_(path_in(data)), file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  const auto text = core::canonical(core::Json{{"pid", ::getpid()}, {"url", url}}) + "\n";
  if (file_ >= 0 && locked(file_) && ::ftruncate(file_, 0) == 0 &&
      ::write(file_, text.data(), text.size()) == static_cast<ssize_t>(text.size())) {
    return;
  }
  fault_ = path_ + ": " +
           (errno == EWOULDBLOCK ? std::string("another server has it")
                                 : std::generic_category().message(errno));
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

ServingFile::~ServingFile() {
  if (file_ < 0) return;
  ::unlink(path_.c_str());
  ::close(file_);
}

std::optional<ServingFile::Server> ServingFile::find(const std::string& data) {
  const auto path = path_in(data);
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  const bool alone = ::flock(file, LOCK_SH | LOCK_NB) == 0;
  ::close(file);
  if (alone) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  const auto read = core::parse_json(std::string{std::istreambuf_iterator<char>(in), {}});
  if (!read || !read->is_object()) return std::nullopt;
  Server server{read->value("pid", 0), core::member(*read, "url")};
  if (server.process <= 0) return std::nullopt;
  return server;
}

std::string ServingFile::report_path(const std::string& data) {
  return data + "/reload.json";
}

}  // namespace dugout::cli

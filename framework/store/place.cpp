#include "store/place.hpp"

#include <sys/stat.h>

#include "store/trouble.hpp"

namespace dugout::store {

Place::File Place::at(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {};
  return {found.st_dev, found.st_ino};
}

Place::Place(std::string path)
    : path_(std::move(path)), log_path_(path_ + "-wal"), file_(at(path_)), log_(at(log_path_)) {}

Status Place::still_there() const {
  if (at(path_) == file_ && file_.number != 0) return Done{};
  return error_of(Trouble::kGone, "the database file is not at its place any more");
}

Status Place::check() {
  if (auto there = still_there(); !there) return there;
  const auto log = at(log_path_);
  if (log_.number == 0) {
    log_ = log;
    return Done{};
  }
  if (log == log_) return Done{};
  return error_of(Trouble::kGone, "the database's write-ahead log is not at its place any more");
}

}  // namespace dugout::store

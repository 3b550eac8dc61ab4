// Tells when files change: inotify over whole folders. Which change it was is not told; who wants
// to know compares stamps. One thread waits, any thread may wake it. Linux.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/files.hpp"

namespace dugout::cli {

// `trees`: folders with all below them, those to come as well; `files`: single ones. Neither need
// be there, and each may be exchanged whole, as by a link that leads elsewhere. Hidden files and
// folders do not count.
struct WatchedPlaces {
  std::vector<std::string> trees, files;

  // All files that count as they are now, by path: YAML, JSON and libraries of the trees, and the
  // single ones.
  std::map<std::string, core::FileStamp> stamps() const;
};

class FileWatch {
 public:
  using Stamps = std::map<std::string, core::FileStamp>;

  explicit FileWatch(WatchedPlaces places);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  // "" = every folder is watched; else why not. May be another after each wait().
  const std::string& fault() const { return fault_; }

  enum class Woken { kChange, kAsked, kTime };
  // Until something changes, somebody asks, or the time has passed.
  Woken wait(std::chrono::milliseconds at_most);
  void wake();  // [any]

  Stamps stamps() const { return places_.stamps(); }

 private:
  bool watch_folders();
  void watch(const std::filesystem::path& folder);
  void watch_above(const std::filesystem::path& place);
  int add(const std::filesystem::path& folder, std::uint32_t changes);
  bool drain();

  const WatchedPlaces places_;
  int inotify_ = -1, wake_ = -1;
  // What inotify looks at, by its number for the folder: the names in it that count; none = all.
  std::map<int, std::set<std::string>> watched_;
  std::string fault_;
};

}  // namespace dugout::cli

// Tells when files change: inotify over whole folders. Which change it was is not told; who wants
// to know compares stamps. One thread waits, any thread may wake it. Linux.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/files.hpp"

namespace dugout::cli {

class FileWatch {
 public:
  // `trees`: folders with all below them, those to come as well; `files`: single ones, which need
  // not be there. Hidden files and folders do not count.
  FileWatch(std::vector<std::string> trees, std::vector<std::string> files);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  // "" = every folder is watched; else why not.
  const std::string& fault() const { return fault_; }

  enum class Woken { kChange, kAsked, kTime };
  // Until something changes, somebody asks, or the time has passed.
  Woken wait(std::chrono::milliseconds at_most);
  void wake();  // [any]

  // All files that count as they are now, by path: YAML, JSON and libraries of the trees, and the
  // single ones.
  using Stamps = std::map<std::string, core::FileStamp>;
  Stamps stamps() const;

 private:
  void watch_folders();
  void watch(const std::filesystem::path& folder);
  void drain();

  const std::vector<std::string> trees_, files_;
  int inotify_ = -1, wake_ = -1;
  std::string fault_;
};

}  // namespace dugout::cli

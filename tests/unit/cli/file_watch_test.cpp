// A change is seen, however it is made: a file saved, a folder exchanged, a link that leads
// elsewhere.
#include "cli/file_watch.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "core/random.hpp"

namespace dugout::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Woken = cli::FileWatch::Woken;

class Club {
 public:
  Club() : folder_(fs::temp_directory_path() / core::new_id("dugout_watch_")) {
    fs::create_directories(folder_ / "routines/flow");
    save("routines/flow/01.yaml", "one");
    save("dugout.yaml", "{}");
  }
  ~Club() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Club(const Club&) = delete;
  Club& operator=(const Club&) = delete;

  fs::path at(const std::string& name) const { return folder_ / name; }
  void save(const std::string& name, const std::string& text) const {
    std::ofstream(at(name)) << text;
  }
  cli::WatchedPlaces places() const {
    return {{at("routines").string(), at("plugins").string()}, {at("dugout.yaml").string()}};
  }

 private:
  const fs::path folder_;
};

// How many folders the kernel watches for this process.
int watched_by_kernel() {
  int count = 0;
  for (const auto& entry : fs::directory_iterator("/proc/self/fdinfo")) {
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("inotify ")) ++count;
    }
  }
  return count;
}

// Nothing more comes.
void rest(cli::FileWatch& watch) {
  while (watch.wait(0ms) == Woken::kChange) {
  }
}

}  // namespace

TEST_CASE("FileWatchTest.SavedFileIsAChangeAndAskingIsNone") {
  const Club club;
  cli::FileWatch watch(club.places());
  CHECK(watch.fault().empty());
  CHECK(watch.wait(0ms) == Woken::kTime);

  club.save("routines/flow/01.yaml", "two");
  CHECK(watch.wait(10s) == Woken::kChange);
  rest(watch);
  club.save("dugout.yaml", "{a: b}");
  CHECK(watch.wait(10s) == Woken::kChange);
  rest(watch);

  watch.wake();
  CHECK(watch.wait(10s) == Woken::kAsked);
  CHECK(watch.wait(0ms) == Woken::kTime);
}

TEST_CASE("FileWatchTest.NeighboursOfWhatIsWatchedAreNoChange") {
  const Club club;
  cli::FileWatch watch({{club.at("routines/flow").string()}, {}});

  club.save("routines/other.yaml", "new");
  fs::create_directories(club.at("routines/beside"));

  CHECK(watch.wait(0ms) == Woken::kTime);
}

TEST_CASE("FileWatchTest.FolderThatIsExchangedIsWatchedOn") {
  const Club club;
  cli::FileWatch watch(club.places());
  fs::rename(club.at("routines"), club.at("old"));
  CHECK(watch.wait(10s) == Woken::kChange);  // and looks, where nothing is just now
  rest(watch);

  fs::create_directories(club.at("new/flow"));
  club.save("new/flow/01.yaml", "other");
  rest(watch);
  fs::rename(club.at("new"), club.at("routines"));
  CHECK(watch.wait(10s) == Woken::kChange);
  rest(watch);

  club.save("routines/flow/01.yaml", "and another");
  CHECK(watch.wait(10s) == Woken::kChange);
}

TEST_CASE("FileWatchTest.FolderThatComesLaterIsWatched") {
  const Club club;
  cli::FileWatch watch(club.places());
  fs::create_directories(club.at("plugins"));
  CHECK(watch.wait(10s) == Woken::kChange);
  rest(watch);

  club.save("plugins/plugin.yaml", "id: x");
  CHECK(watch.wait(10s) == Woken::kChange);
}

TEST_CASE("FileWatchTest.WhatALinkHasLeftIsNotWatchedOn") {
  const Club club, other;
  const auto link = club.at("current");
  fs::create_directory_symlink(club.at(""), link);
  cli::FileWatch watch({{(link / "routines/flow").string()}, {}});
  const int before = watched_by_kernel();
  CHECK(before > 0);

  for (const auto* next : {&other, &club, &other}) {
    fs::create_directory_symlink(next->at(""), club.at("next"));
    fs::rename(club.at("next"), link);
    CHECK(watch.wait(0ms) == Woken::kChange);
    CHECK(watch.wait(0ms) == Woken::kTime);  // nor is the end of the old watch a change
    CHECK(watched_by_kernel() == before);
  }

  club.save("routines/flow/01.yaml", "of before");
  CHECK(watch.wait(0ms) == Woken::kTime);
  other.save("routines/flow/01.yaml", "of now");
  CHECK(watch.wait(10s) == Woken::kChange);
}

TEST_CASE("FileWatchTest.LinkFurtherUpThatLeadsElsewhereIsSeen") {
  const Club club, other;
  const auto link = club.at("current");
  fs::create_directory_symlink(club.at(""), link);
  cli::FileWatch watch({{(link / "routines/flow").string()}, {}});
  CHECK(watch.wait(0ms) == Woken::kTime);

  fs::create_directory_symlink(other.at(""), club.at("next"));
  fs::rename(club.at("next"), link);

  CHECK(watch.wait(0ms) == Woken::kChange);
  CHECK(watch.wait(0ms) == Woken::kTime);
  other.save("routines/flow/01.yaml", "two");
  CHECK(watch.wait(10s) == Woken::kChange);
}

}  // namespace dugout::test

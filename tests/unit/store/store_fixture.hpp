// A store in a folder of its own, gone at the end of the test.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "store/sqlite_store.hpp"
#include "support/fake_clock.hpp"

namespace dugout::test {

class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "dugout_store_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Of stores that write to one file side by side: on a busy machine each waits for the other as
// long as it takes.
inline constexpr store::SqliteOptions kPatient{std::chrono::seconds(60)};

struct StoreFixture {
  TempFolder folder;
  FakeClock clock;
  std::string path = folder.file("dugout.db");
  std::unique_ptr<store::Store> store = open();

  std::unique_ptr<store::Store> open(store::SqliteOptions options = {}) {
    auto opened = store::open_sqlite_store(path, clock, options);
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(*opened);
  }
  void reopen(store::SqliteOptions options = {}) {
    store.reset();
    store = open(options);
  }

  // A turn of `session`, accepted.
  std::string accepted(const std::string& session, const std::string& message = "") {
    auto turn = store->accept(session, message, R"({"text":"hello"})");
    if (!turn) throw std::runtime_error(turn.error().message);
    return turn->id;
  }

  // A commit of `turn` that says one thing each way.
  static store::TurnCommit commit_of(const std::string& session, std::int64_t version,
                                     const std::string& turn) {
    store::TurnCommit commit;
    commit.session.id = session;
    commit.session.version = version;
    commit.turn = turn;
    commit.reply = R"({"reply":")" + turn + "\"}";
    commit.messages = {{0, turn, "user", "hello", false}, {0, turn, "assistant", "hi", false}};
    return commit;
  }
};

}  // namespace dugout::test

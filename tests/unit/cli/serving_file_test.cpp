// Who serves a data folder is found as long as it lives, and is in nobody's way.
#include "cli/serving_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <thread>

#include "core/random.hpp"

namespace dugout::test {
namespace {

namespace fs = std::filesystem;

struct DataFolder {
  DataFolder() { fs::create_directories(path); }
  ~DataFolder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  const std::string path = (fs::temp_directory_path() / core::new_id("dugout_serving_")).string();
};

}  // namespace

TEST_CASE("ServingFileTest.IsFoundWhileItIsThere") {
  const DataFolder data;
  CHECK_FALSE(cli::ServingFile::find(data.path));
  {
    const cli::ServingFile file(data.path, "http://127.0.0.1:1");
    CHECK(file.fault().empty());
    const auto found = cli::ServingFile::find(data.path);
    REQUIRE(found);
    CHECK(found->process == ::getpid());
    CHECK(found->url == "http://127.0.0.1:1");

    const cli::ServingFile second(data.path, "http://127.0.0.1:2");
    CHECK(second.fault().find("another server has it") != std::string::npos);
  }
  CHECK_FALSE(cli::ServingFile::find(data.path));
}

TEST_CASE("ServingFileTest.WhoLooksAtTheWrongMomentDoesNotKeepItFromBeingThere") {
  using std::chrono::milliseconds, std::chrono::steady_clock;
  const DataFolder data;
  const auto path = data.path + "/serve.json";
  for (int tries = 0; tries < 20; ++tries) {
    const int looks = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    REQUIRE(::flock(looks, LOCK_SH) == 0);
    const auto begun = steady_clock::now();
    steady_clock::time_point gone;
    std::thread later([looks, &gone] {
      std::this_thread::sleep_for(milliseconds(50));
      ::close(looks);
      gone = steady_clock::now();
    });

    const cli::ServingFile file(data.path, "http://127.0.0.1:1");
    later.join();

    // Whoever looks for a second is taken for another server: on a busy machine 50 ms may be that.
    if (gone - begun > milliseconds(500)) continue;
    CHECK(file.fault().empty());
    CHECK(cli::ServingFile::find(data.path));
    return;
  }
  FAIL("the machine was too busy for it");
}

}  // namespace dugout::test

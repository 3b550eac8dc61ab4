// Who serves a data folder is found as long as it lives, and is in nobody's way.
#include "cli/serving_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <catch2/catch.hpp>
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
  const DataFolder data;
  const auto path = data.path + "/serve.json";
  const int looks = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(::flock(looks, LOCK_SH) == 0);
  std::thread later([looks] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ::close(looks);
  });

  const cli::ServingFile file(data.path, "http://127.0.0.1:1");
  later.join();

  CHECK(file.fault().empty());
  CHECK(cli::ServingFile::find(data.path));
}

}  // namespace dugout::test

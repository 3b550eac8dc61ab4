// Photos: what is accepted, under what name, and that a repeat stores nothing more.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "support/plugin_harness.hpp"

namespace upload_photo_to_s3_test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using nlohmann::json;
namespace fs = std::filesystem;
using namespace std::string_literals;

namespace {

constexpr const char* kId = "tool.upload_photo_to_s3";
constexpr std::size_t kLimit = 10 * 1024 * 1024;

const std::string kJpeg = "\xFF\xD8\xFF\xE0 a portrait"s;

// A folder of this test's own, gone afterwards.
class Folder {
 public:
  Folder() {
    dugout::test::reset_services();
    std::string pattern = fs::temp_directory_path() / "dugout_photo_XXXXXX";
    root_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(root_); }

  json config() const { return {{"folder", photos()}}; }
  std::string photos() const { return root_ / "photos"; }
  std::string upload(const std::string& content) const {
    std::ofstream(root_ / "upload", std::ios::binary) << content;
    return root_ / "upload";
  }
  std::vector<fs::path> stored() const {
    if (!fs::exists(photos())) return {};
    return {fs::directory_iterator(photos()), fs::directory_iterator()};
  }

 private:
  fs::path root_;
};

json photo(const std::string& file) {
  return {{"record_id", "rec1"},
          {"player_full_name", "Alfie O'Neill"},
          {"team", "Tigers"},
          {"age_group", "u9"},
          {"file", file}};
}

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("UploadPhotoTest.PhotoIsStoredPrivatelyUnderARandomName") {
  const Folder folder;
  PluginUnderTest tool(kId, folder.config());

  const auto result = tool.run(photo(folder.upload(kJpeg)));

  REQUIRE(result["ok"] == true);
  const auto name = result["data"]["filename"].get<std::string>();
  CHECK(result["data"]["link"] == "photo:" + name);
  CHECK(result["data"]["content_type"] == "image/jpeg");
  CHECK(result["data"]["bytes"] == kJpeg.size());
  CHECK(name.size() == 36);
  CHECK(name.find("alfie") == std::string::npos);
  REQUIRE(folder.stored().size() == 1);
  CHECK(content_of(folder.stored()[0]) == kJpeg);
  CHECK((fs::status(folder.stored()[0]).permissions() & fs::perms::mask) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(fs::status(folder.photos()).permissions() == fs::perms::owner_all);
}

TEST_CASE("UploadPhotoTest.TypeComesFromTheContent") {
  const Folder folder;
  PluginUnderTest tool(kId, folder.config());
  const auto [content, extension, type] = GENERATE(table<std::string, const char*, const char*>(
      {{kJpeg, ".jpg", "image/jpeg"},
       {"\x89PNG\r\n\x1A\n....", ".png", "image/png"},
       {"RIFF\x10\0\0\0WEBPVP8 "s, ".webp", "image/webp"},
       {"\0\0\0\x18"
        "ftypheic\0\0\0\0mif1heic"s,
        ".heic", "image/heic"},
       {"\0\0\0\x18"
        "ftypmif1\0\0\0\0mif1heic"s,
        ".heic", "image/heic"}}));

  const auto result = tool.run(photo(folder.upload(content)));

  REQUIRE(result["ok"] == true);
  CHECK(fs::path(result["data"]["filename"].get<std::string>()).extension() == extension);
  CHECK(result["data"]["content_type"] == type);
}

TEST_CASE("UploadPhotoTest.OtherContentIsRefused") {
  const Folder folder;
  PluginUnderTest tool(kId, folder.config());
  const auto content = GENERATE("%PDF-1.7 a form"s, "GIF89a"s, "<svg xmlns='x'/>"s,
                                "RIFF\x10\0\0\0WAVEfmt "s, "\xFF\xD8"s,
                                "\0\0\0\x18"
                                "ftypmif1\0\0\0\0mif1avif"s,
                                "\0\0\0\x18"
                                "ftypavif\0\0\0\0mif1heic"s,
                                "\0\0\0\x18"
                                "ftypmp42"s,
                                "\0\0\0\xFF"
                                "ftypmif1"s,
                                "x"s);

  const auto result = tool.run(photo(folder.upload(content)));

  CHECK(result["error"]["code"] == "invalid_type");
  CHECK(folder.stored().empty());
  CHECK(rows()["photos"].empty());
}

TEST_CASE("UploadPhotoTest.TenMebibytesAreAllowedAndNotAByteMore") {
  const Folder folder;
  PluginUnderTest tool(kId, folder.config());
  const auto filled = [](std::size_t size) {
    return kJpeg + std::string(size - kJpeg.size(), 'x');
  };

  const auto over = tool.run(photo(folder.upload(filled(kLimit + 1))), "a");
  const auto equal = tool.run(photo(folder.upload(filled(kLimit))), "b");
  const auto nothing = tool.run(photo(folder.upload("")), "c");

  CHECK(over["error"]["code"] == "too_large");
  CHECK(over["error"]["message"] == "The photo is larger than 10 MiB.");
  CHECK(equal["ok"] == true);
  CHECK(nothing["error"]["code"] == "empty_file");
}

TEST_CASE("UploadPhotoTest.RepeatGivesTheSameLinkEvenWithoutTheUpload") {
  const Folder folder;
  PluginUnderTest tool(kId, folder.config());
  const auto file = folder.upload(kJpeg);
  const auto first = tool.run(photo(file), "turn-1");
  fs::remove(file);

  CHECK(tool.run(photo(file), "turn-1") == first);
  CHECK(tool.run(photo(file), "turn-2")["error"]["code"] == "no_file");
  CHECK(folder.stored().size() == 1);
  CHECK(rows()["photos"].size() == 1);
}

TEST_CASE("UploadPhotoTest.CrashBetweenRowAndFileIsMendedByTheRepeat") {
  const Folder folder;
  PluginUnderTest tool(kId, folder.config());
  const auto first = tool.run(photo(folder.upload(kJpeg)), "turn-1");
  fs::remove(folder.stored()[0]);

  CHECK(tool.run(photo(folder.upload(kJpeg)), "turn-1") == first);
  CHECK(folder.stored().size() == 1);
}

TEST_CASE("UploadPhotoTest.SamePlayerTwiceOverwritesNothing") {
  const Folder folder;
  PluginUnderTest tool(kId, folder.config());

  const auto one = tool.run(photo(folder.upload(kJpeg)), "turn-1");
  const auto two = tool.run(photo(folder.upload(kJpeg + "2")), "turn-2");

  CHECK(one["data"]["link"] != two["data"]["link"]);
  CHECK(folder.stored().size() == 2);
}

TEST_CASE("UploadPhotoTest.NoFileFolderLinkOrPlaceholderIsRefused") {
  const Folder folder;
  PluginUnderTest tool(kId, folder.config());
  const auto file = folder.upload(kJpeg);
  fs::create_symlink(file, file + "_link");
  auto unfilled = photo(file);
  unfilled["player_full_name"] = "[player name]";

  CHECK(tool.run(photo(file + "_none"))["error"]["code"] == "no_file");
  CHECK(tool.run(photo(fs::path(file).parent_path()))["error"]["code"] == "no_file");
  CHECK(tool.run(photo(file + "_link"))["error"]["code"] == "no_file");
  CHECK(tool.run(unfilled)["error"]["code"] == "invalid_name");
  CHECK_THROWS(tool.run({{"record_id", "rec1"}}));
}

TEST_CASE("UploadPhotoTest.FolderThatCannotBeWrittenIsRetryable") {
  const Folder folder;
  PluginUnderTest tool(kId, {{"folder", folder.upload(kJpeg) + "/below_a_file"}});

  const auto result = tool.run(photo(folder.upload(kJpeg)));

  CHECK(result["error"]["code"] == "unavailable");
  CHECK(result["error"]["retryable"] == true);
}

}  // namespace upload_photo_to_s3_test

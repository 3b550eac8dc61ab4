// Photos in a bucket, against a double that works out every signature itself: what is sent, what
// happens when the store refuses, and that a repeat leaves one object.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/s3_double.hpp"

namespace upload_photo_bucket_test {

using dugout::test::PluginUnderTest;
using dugout::test::reset_services;
using dugout::test::rows;
using dugout::test::s3_error;
using dugout::test::S3Double;
using dugout::test::ServiceCall;
using dugout::test::ServiceReply;
using nlohmann::json;
namespace fs = std::filesystem;
using namespace std::string_literals;

namespace {

constexpr const char* kId = "tool.upload_photo_to_s3";
const std::string kJpeg = "\xFF\xD8\xFF\xE0 a portrait"s;

json config(const json& changes = json::object()) {
  json block{{"backend", "s3"},
             {"endpoint", "https://store.example.org"},
             {"region", "eu-west-2"},
             {"bucket", "club-photos"},
             {"access_key_id", "AKIDTEST"},
             {"secret_access_key", "test-secret"}};
  block.update(changes);
  return {{"photos", block}};
}

// A store, the file of an upload, and what the store saw.
class Scene {
 public:
  Scene() {
    reset_services();
    dugout::test::answer_http([this](const ServiceCall& call) { return store.answer(call); });
    std::string pattern = fs::temp_directory_path() / "dugout_bucket_XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    std::ofstream(file(), std::ios::binary) << kJpeg;
  }
  ~Scene() { fs::remove_all(root_); }

  std::string file() const { return root_ / "upload"; }
  json photo() const {
    return {{"record_id", "rec1"},
            {"player_full_name", "Alfie O'Neill"},
            {"team", "Tigers & Lions"},
            {"age_group", "u9"},
            {"file", file()}};
  }

  S3Double store;

 private:
  fs::path root_;
};

}  // namespace

TEST_CASE("UploadPhotoBucketTest.PhotoIsOnePrivateObjectWithoutNames") {
  Scene scene;
  PluginUnderTest tool(kId, config({{"sse", "AES256"}, {"prefix", "players/"}}));

  const auto result = tool.run(scene.photo());

  REQUIRE(result["ok"] == true);
  REQUIRE(scene.store.objects.size() == 1);
  const auto& [key, kept] = *scene.store.objects.begin();
  CHECK(kept.content == kJpeg);
  CHECK(key == "players/" + result["data"]["filename"].get<std::string>());
  CHECK(key.size() == std::string("players/.jpg").size() + 32);
  CHECK(result["data"]["link"] == "https://store.example.org/club-photos/" + key);
  const auto& headers = kept.headers;
  CHECK(headers.at("content-type") == "image/jpeg");
  CHECK(headers.at("x-amz-server-side-encryption") == "AES256");
  CHECK(headers.at("x-amz-meta-record-id") == "rec1");
  CHECK(headers.at("x-amz-meta-team") == "Tigers%20%26%20Lions");
  CHECK(headers.at("x-amz-meta-age-group") == "u9");
  CHECK(headers.count("x-amz-acl") == 0);
  for (const auto& [name, value] : headers) {
    CAPTURE(name, value);
    CHECK(value.find("Neill") == std::string::npos);
    CHECK(value.find("test-secret") == std::string::npos);
  }
  CHECK(dugout::test::http_calls()[0].effect == "idempotent");
  CHECK(rows()["photos"][0]["stored"] == true);
}

TEST_CASE("UploadPhotoBucketTest.NameFollowsFromKeyAndSaltOfTheRow") {
  Scene scene;
  PluginUnderTest tool(kId, config());

  const auto one = tool.run(scene.photo(), "turn-1");
  const auto two = tool.run(scene.photo(), "turn-2");
  const auto salt = rows()["photos"][0]["salt"].get<std::string>();
  reset_services();
  dugout::test::answer_http([&](const ServiceCall& call) { return scene.store.answer(call); });
  const auto again = tool.run(scene.photo(), "turn-1");  // same key, another salt

  CHECK(salt.size() == 32);
  CHECK(one["data"]["filename"] != two["data"]["filename"]);
  CHECK(one["data"]["filename"] != again["data"]["filename"]);
  CHECK(scene.store.objects.size() == 3);
}

TEST_CASE("UploadPhotoBucketTest.BucketStandsInTheHostOfAmazonAndInThePathElsewhere") {
  Scene scene;
  const auto [changes, start] = GENERATE(table<json, std::string>(
      {{json{{"endpoint", ""}}, "https://club-photos.s3.eu-west-2.amazonaws.com/"},
       {json{{"endpoint", nullptr}}, "https://club-photos.s3.eu-west-2.amazonaws.com/"},
       {json{{"endpoint", ""}, {"path_style", true}},
        "https://s3.eu-west-2.amazonaws.com/club-photos/"},
       {json{{"endpoint", ""}, {"bucket", "club.photos"}},
        "https://s3.eu-west-2.amazonaws.com/club.photos/"},
       {json{{"endpoint", "https://store.example.org:9000/"}},
        "https://store.example.org:9000/club-photos/"},
       {json{{"endpoint", "https://store.example.org:443"}, {"path_style", false}},
        "https://club-photos.store.example.org/"}}));
  scene.store.bucket = changes.value("bucket", scene.store.bucket);
  PluginUnderTest tool(kId, config(changes));

  const auto result = tool.run(scene.photo());

  CAPTURE(changes.dump(), scene.store.refusals);
  REQUIRE(result["ok"] == true);
  CHECK(result["data"]["link"].get<std::string>().starts_with(start));
}

TEST_CASE("UploadPhotoBucketTest.StoreWithoutTlsIsKnownByName") {
  Scene scene;
  PluginUnderTest tool(kId, config({{"endpoint", "http://127.0.0.1:9000"}}));

  const auto data = tool.run(scene.photo())["data"];

  CHECK(data["link"] == "photo:" + data["filename"].get<std::string>());
}

TEST_CASE("UploadPhotoBucketTest.SpacesAccentsAndTokenAreSignedRight") {
  Scene scene;
  scene.store.token = "temporary+token/==";
  PluginUnderTest tool(
      kId, config({{"prefix", "Fotos é 2025/+&"}, {"session_token", scene.store.token}}));

  const auto result = tool.run(scene.photo());

  CAPTURE(scene.store.refusals);
  REQUIRE(result["ok"] == true);
  CHECK(scene.store.objects.begin()->first.starts_with("Fotos é 2025/+&"));
}

TEST_CASE("UploadPhotoBucketTest.WrongClockIsCorrectedOnceAndRemembered") {
  Scene scene;
  scene.store.now_ms += GENERATE(-1, 1) * 3'600'000;
  PluginUnderTest tool(kId, config());

  REQUIRE(tool.run(scene.photo(), "a")["ok"] == true);
  REQUIRE(tool.run(scene.photo(), "b")["ok"] == true);

  CHECK(scene.store.refusals == std::vector{"RequestTimeTooSkewed"s});
  CHECK(scene.store.puts == 2);
}

TEST_CASE("UploadPhotoBucketTest.ClockThatStaysWrongIsNotTriedForEver") {
  Scene scene;
  PluginUnderTest tool(kId, config());
  for (int i = 0; i < 9; ++i) scene.store.failures.push_back(s3_error(403, "RequestTimeTooSkewed"));

  const auto result = tool.run(scene.photo());

  CHECK(result["ok"] == false);
  CHECK(dugout::test::http_calls().size() == 2);
}

TEST_CASE("UploadPhotoBucketTest.OtherRegionIsTakenFromTheAnswer") {
  Scene scene;
  scene.store.region = "eu-north-1";
  scene.store.moves_by_301 = GENERATE(false, true);
  PluginUnderTest tool(kId, config({{"endpoint", ""}}));

  const auto result = tool.run(scene.photo());

  REQUIRE(result["ok"] == true);
  CHECK(dugout::test::http_calls().size() == 2);
  CHECK(result["data"]["link"].get<std::string>().starts_with(
      "https://club-photos.s3.eu-north-1.amazonaws.com/"));
}

TEST_CASE("UploadPhotoBucketTest.RegionThatIsNoneIsNotFollowed") {
  Scene scene;
  PluginUnderTest tool(kId, config({{"endpoint", ""}}));
  auto moved = s3_error(307, "TemporaryRedirect");
  moved.headers["x-amz-bucket-region"] = "evil.example.org/";
  scene.store.failures = {moved, moved};

  CHECK(tool.run(scene.photo())["error"]["code"] == "not_configured");
  CHECK(dugout::test::http_calls().size() == 1);
}

TEST_CASE("UploadPhotoBucketTest.WrongCredentialsRightsOrBucketAreTheOperatorsMatter") {
  Scene scene;
  const auto changes =
      GENERATE(json{{"secret_access_key", "wrong"}}, json{{"access_key_id", "AKIDOTHER"}},
               json{{"bucket", "other-photos"}}, json{{"session_token", "stale"}});
  PluginUnderTest tool(kId, config(changes));

  const auto result = tool.run(scene.photo());

  CHECK(result["error"]["code"] == "not_configured");
  CHECK(result["error"]["retryable"] == false);
  CHECK(result["error"]["message"].get<std::string>().find("S3") == std::string::npos);
  CHECK(scene.store.objects.empty());
  CHECK(rows()["photos"][0]["stored"] == false);
}

TEST_CASE("UploadPhotoBucketTest.TroubleThatPassesIsRetryableAndClaimsNothing") {
  Scene scene;
  PluginUnderTest tool(kId, config());
  const auto reply =
      GENERATE(s3_error(503, "SlowDown"), s3_error(503, "ServiceUnavailable"),
               s3_error(500, "InternalError"), ServiceReply{502, "<html>Bad gateway</html>", {}},
               ServiceReply{429, "", {}}, ServiceReply{0, "", {}}, ServiceReply{0, "", {}, false},
               ServiceReply{200, "<html>maintenance</html>", {}},
               ServiceReply{200, R"({"error":{"message":"not really"}})", {}});
  scene.store.failures = {reply};

  const auto failed = tool.run(scene.photo());
  const auto noted = rows()["photos"][0]["stored"];
  const auto repeated = tool.run(scene.photo());

  CAPTURE(reply.status, reply.body);
  CHECK(failed["error"]["code"] == "unavailable");
  CHECK(failed["error"]["retryable"] == true);
  CHECK(noted == false);
  CHECK(repeated["ok"] == true);
  CHECK(scene.store.objects.size() == 1);
}

TEST_CASE("UploadPhotoBucketTest.StoreThatAsksForPatienceIsAskedOnceMore") {
  Scene scene;
  PluginUnderTest tool(kId, config());
  const auto code = GENERATE("RequestTimeout", "OperationAborted");
  const auto status = std::string(code) == "RequestTimeout" ? 400 : 409;
  scene.store.failures = {s3_error(status, code)};

  CHECK(tool.run(scene.photo(), "a")["ok"] == true);
  scene.store.failures = {s3_error(status, code), s3_error(status, code)};
  CHECK(tool.run(scene.photo(), "b")["error"]["code"] == "unavailable");
}

TEST_CASE("UploadPhotoBucketTest.ObjectThatIsNotTakenIsNoMatterOfTheSettings") {
  Scene scene;
  PluginUnderTest tool(kId, config());
  const auto code = GENERATE("EntityTooLarge", "BadDigest", "XAmzContentSHA256Mismatch");
  scene.store.failures = {s3_error(400, code)};

  const auto result = tool.run(scene.photo());

  CHECK(result["error"]["code"] == "not_taken");
  CHECK(result["error"]["retryable"] == false);
}

TEST_CASE("UploadPhotoBucketTest.CrashAfterTheUploadLeavesOneObjectSentOnce") {
  Scene scene;
  PluginUnderTest tool(kId, config());
  const auto first = tool.run(scene.photo());
  rows()["photos"][0]["stored"] = false;  // as a crash before the note leaves it
  rows()["photos"][0].erase("link");
  fs::remove(scene.file());

  CHECK(tool.run(scene.photo()) == first);
  CHECK(scene.store.puts == 1);
  CHECK(rows()["photos"].size() == 1);
  CHECK(rows()["photos"][0]["stored"] == true);
}

TEST_CASE("UploadPhotoBucketTest.HalfAnObjectIsOverwrittenByTheRepeat") {
  Scene scene;
  PluginUnderTest tool(kId, config());
  const auto first = tool.run(scene.photo());
  rows()["photos"][0]["stored"] = false;
  scene.store.objects.begin()->second.content = "half";

  CHECK(tool.run(scene.photo()) == first);
  CHECK(scene.store.objects.size() == 1);
  CHECK(scene.store.objects.begin()->second.content == kJpeg);
}

TEST_CASE("UploadPhotoBucketTest.WhatIsNotedIsNotAskedForAgain") {
  Scene scene;
  PluginUnderTest tool(kId, config());
  const auto first = tool.run(scene.photo());

  CHECK(tool.run(scene.photo()) == first);
  CHECK(dugout::test::http_calls().size() == 1);
}

TEST_CASE("UploadPhotoBucketTest.MissingSettingsStopTheCallAndNotTheStart") {
  Scene scene;
  const auto name = GENERATE("region", "bucket", "access_key_id", "secret_access_key");
  const auto none = GENERATE(json(""), json(nullptr));
  PluginUnderTest tool(kId, config({{name, none}}));

  const auto result = tool.run(scene.photo());

  CHECK(result["error"]["code"] == "not_configured");
  CHECK(dugout::test::http_calls().empty());
  CHECK(rows()["photos"].empty());
}

TEST_CASE("UploadPhotoBucketTest.SettingsThatAreNoneStopTheStart") {
  reset_services();
  for (const auto& changes :
       {json{{"backend", "ftp"}}, json{{"endpoint", "store.example.org"}},
        json{{"endpoint", "https://store.example.org/below"}}, json{{"bucket", "Club_Photos"}},
        json{{"sse", "rot13"}}, json{{"link_expires_s", 604801}}, json{{"buket", "x"}}}) {
    CAPTURE(changes.dump());
    CHECK_THROWS_WITH(PluginUnderTest(kId, config(changes)), Catch::Contains("photos"));
  }
}

}  // namespace upload_photo_bucket_test

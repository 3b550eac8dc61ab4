// Links to photos: they open what was uploaded, for as long as they should, and nothing else.
#include <catch2/catch.hpp>

#include "support/s3_double.hpp"

namespace photo_link_test {

using dugout::test::PluginUnderTest;
using dugout::test::reset_services;
using dugout::test::rows;
using dugout::test::S3Double;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.photo_link";
constexpr std::int64_t kNoon = 1'759'320'000'000;  // 2025-10-01 12:00 UTC

json config(const json& changes = json::object()) {
  json block{{"backend", "s3"},
             {"region", "eu-west-2"},
             {"bucket", "club-photos"},
             {"access_key_id", "AKIDTEST"},
             {"secret_access_key", "test-secret"}};
  block.update(changes);
  return {{"photos", block}};
}

json row(const char* record, const char* name, int hour, const json& changes = {{"stored", true}}) {
  json out{{"id", std::string("p-") + name},
           {"record_id", record},
           {"filename", name},
           {"uploaded_at_ms", kNoon - hour * 3'600'000}};
  out.update(changes);
  return out;
}

void seed() {
  reset_services();
  rows()["photos"] =
      json::array({row("rec1", "old.jpg", 9), row("rec1", "new.jpg", 2),
                   row("rec1", "lost.jpg", 1, {{"stored", false}}), row("rec2", "other.jpg", 0),
                   row("rec3", "early.jpg", 5, json::object())});
}

}  // namespace

TEST_CASE("PhotoLinkTest.LinkOpensTheNewestStoredPhotoUntilItExpires") {
  seed();
  PluginUnderTest tool(kId, config({{"prefix", "Fotos é/"}, {"link_expires_s", 600}}));
  S3Double store;
  store.objects["Fotos é/new.jpg"].content = "the picture";

  const auto data = tool.run({{"record_id", "rec1"}})["data"];
  const auto get = [&] { return store.answer({"GET", data["url"], "", "none", json::object()}); };

  CHECK(data["expires_at"] == "2025-10-01T12:10:00Z");
  CHECK(get().body == "the picture");
  store.now_ms += 599'000;
  CHECK(get().status == 200);
  store.now_ms += 1'000;
  CHECK(get().status == 403);
  CHECK(dugout::test::http_calls().empty());
}

TEST_CASE("PhotoLinkTest.LinkOfAnotherSecretOrWithAnotherNameIsRefused") {
  seed();
  PluginUnderTest good(kId, config());
  PluginUnderTest bad(kId, config({{"secret_access_key", "wrong"}}));
  S3Double store;
  store.objects["new.jpg"].content = store.objects["other.jpg"].content = "the picture";
  const auto status = [&](std::string url) {
    return store.answer({"GET", url, "", "none", json::object()}).status;
  };

  std::string url = good.run({{"record_id", "rec1"}})["data"]["url"];
  CHECK(status(url) == 200);
  url.replace(url.find("new.jpg"), 7, "other.jpg");

  CHECK(status(url) == 403);
  CHECK(status(bad.run({{"record_id", "rec1"}})["data"]["url"]) == 403);
}

TEST_CASE("PhotoLinkTest.TemporaryCredentialsAreInTheLink") {
  seed();
  PluginUnderTest tool(kId, config({{"session_token", "temporary+token/=="}}));
  S3Double store;
  store.token = "temporary+token/==";
  store.objects["new.jpg"].content = "the picture";

  const std::string url = tool.run({{"record_id", "rec1"}})["data"]["url"];

  CHECK(store.answer({"GET", url, "", "none", json::object()}).status == 200);
}

TEST_CASE("PhotoLinkTest.LocalPhotoIsAFile") {
  seed();
  PluginUnderTest tool(kId, {{"folder", "/srv/club photos"}});

  const auto data = tool.run({{"record_id", "rec1"}})["data"];

  CHECK(data["url"] == "file:///srv/club%20photos/new.jpg");
  CHECK_FALSE(data.contains("expires_at"));
}

TEST_CASE("PhotoLinkTest.RowsOfBeforeTheMarkCount") {
  seed();
  PluginUnderTest tool(kId, {{"folder", "/srv/photos"}});

  CHECK(tool.run({{"record_id", "rec3"}})["data"]["url"] == "file:///srv/photos/early.jpg");
}

TEST_CASE("PhotoLinkTest.NoPhotoAndNoSettingsAreToldApart") {
  seed();
  PluginUnderTest tool(kId, config());
  PluginUnderTest bare(kId, config({{"bucket", ""}}));

  CHECK(tool.run({{"record_id", "nobody"}})["error"]["code"] == "not_found");
  CHECK(bare.run({{"record_id", "rec1"}})["error"]["code"] == "not_configured");
  CHECK_THROWS(tool.run({{"record_id", ""}}));
}

}  // namespace photo_link_test

// The photo's link in the registration.
#include <catch2/catch.hpp>

#include "support/plugin_harness.hpp"

namespace update_photo_link_to_db_test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.update_photo_link_to_db";

void seed() {
  dugout::test::reset_services();
  rows()["registrations"] = json::array({{{"id", "rec1"}, {"player_full_name", "Alfie Barlow"}}});
}

json link(const char* where = "photo:00ff.jpg") {
  return {{"record_id", "rec1"}, {"id_image_link", where}};
}

}  // namespace

TEST_CASE("UpdatePhotoLinkTest.LinkAndHistoryAreStored") {
  seed();
  PluginUnderTest tool(kId);
  auto wanted = link();
  wanted["conversation_history"] =
      json::array({{{"role", "user"}, {"content", "Zoë says \"hi\""}}});

  const auto result = tool.run(wanted);

  REQUIRE(result["ok"] == true);
  CHECK(result["data"]["player_name"] == "Alfie Barlow");
  CHECK(result["data"]["updated_fields"] ==
        json::array({"conversation_history", "id_image_link", "id_photo_provided"}));
  const auto& row = rows()["registrations"][0];
  CHECK(row["id_image_link"] == "photo:00ff.jpg");
  CHECK(row["id_photo_provided"] == "Y");
  CHECK(json::parse(row["conversation_history"].get<std::string>()) ==
        wanted["conversation_history"]);
}

TEST_CASE("UpdatePhotoLinkTest.RepeatChangesNothing") {
  seed();
  PluginUnderTest tool(kId);
  const auto first = tool.run(link());
  const auto before = rows();

  CHECK(tool.run(link()) == first);
  CHECK(rows() == before);
}

TEST_CASE("UpdatePhotoLinkTest.HistoryIsLeftOutWhenNotToBeKept") {
  seed();
  PluginUnderTest tool(kId, {{"keep_history", false}});
  auto wanted = link();
  wanted["conversation_history"] = json::array({{{"role", "user"}, {"content", "hello"}}});

  CHECK(tool.run(wanted)["ok"] == true);
  CHECK_FALSE(rows()["registrations"][0].contains("conversation_history"));
}

TEST_CASE("UpdatePhotoLinkTest.BadInputIsRefused") {
  seed();
  PluginUnderTest tool(kId);
  auto unknown = link();
  unknown["record_id"] = "recNONE";
  auto extra = link();
  extra["signing_on_fee_paid"] = "Y";

  CHECK(tool.run(unknown)["error"]["code"] == "not_found");
  for (const auto* where : {"javascript:alert(1)", "/etc/passwd", "http://example.org/a.jpg",
                            "photo:../../x", "https://example.org/\"><script>"}) {
    CHECK(tool.run(link(where))["error"]["code"] == "invalid_link");
  }
  CHECK_THROWS(tool.run(extra));
  CHECK_THROWS(tool.run({{"record_id", "rec1"}}));
  CHECK_FALSE(rows()["registrations"][0].contains("id_image_link"));
}

}  // namespace update_photo_link_to_db_test

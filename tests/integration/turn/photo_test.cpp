// Whole turns with photos: what is refused before anybody looks, what a model and the photo store
// get, and that no temporary file outlives its turn.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/sample_photos.hpp"
#include "product.hpp"

namespace {

using namespace dugout::test;
using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kNote = "Somebody at the club will look at it as well.";

// A product whose session is at the photo, without a model so far.
std::string folder_at_the_photo() {
  Product product;
  go_to(product, 34);
  return product.keep_folder();
}

ProductOptions at_the_photo(const std::string& base_url = "") {
  ProductOptions options;
  options.folder = folder_at_the_photo();
  options.base_url = base_url;
  return options;
}

// Files of uploads, prepared ones included.
int leftovers(Product& product) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(product.uploads())) {
    UNSCOPED_INFO("left over: " << entry.path().filename().string());
    ++count;
  }
  return count;
}

std::string stored_photo(Product& product) {
  const auto rows = product.rows("photos");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["content_type"] == "image/jpeg");
  const auto path = product.data() + "/photos/" + rows[0]["filename"].get<std::string>();
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The data URL of the picture in a request to a model; empty = none.
std::string picture_in(const json& request) {
  for (const auto& item : request["input"]) {
    if (!item.contains("content") || !item["content"].is_array()) continue;
    for (const auto& part : item["content"]) {
      if (part.value("type", "") == "input_image") return part["image_url"];
    }
  }
  return "";
}

}  // namespace

TEST_CASE("PhotoTest.EveryKindThatWillDoIsStoredAsABareJpeg") {
  for (const std::string kind : {"jpeg", "png", "webp", "heic", "gps"}) {
    CAPTURE(kind);
    Product product(at_the_photo());

    const auto reply = product.send_photo(kind);

    REQUIRE(reply);
    CHECK(reply->routine_number == 35);
    // No model has seen it, so a person will.
    CHECK(reply->response.find(kNote) != std::string::npos);
    const auto bytes = stored_photo(product);
    CHECK(bytes.substr(0, 3) == "\xff\xd8\xff");
    CHECK(bytes.find("Exif") == std::string::npos);
    CHECK(leftovers(product) == 0);
    CHECK(product.record("photo") == "(unset)");
  }
}

TEST_CASE("PhotoTest.ARefusedOneSaysWhyAndStays") {
  const std::pair<const char*, const char*> kinds[] = {
      {"pdf", "not a picture"},     {"landscape", "wider than it is tall"},
      {"big", "larger than 10 MB"}, {"tiny", "too small"},
      {"truncated", "damaged"},     {"animated", "moving picture"},
  };
  Product product(at_the_photo());
  for (const auto& [kind, reason] : kinds) {
    CAPTURE(kind);

    const auto reply = product.send_photo(kind);

    REQUIRE(reply);
    CHECK(reply->routine_number == 34);
    CHECK(reply->expects == "file");
    CHECK(reply->response.find(reason) != std::string::npos);
    CHECK(reply->response.find("Please send") != std::string::npos);
    CHECK(product.rows("photos").empty());
    CHECK(leftovers(product) == 0);
  }
  CHECK(product.send_photo("jpeg")->routine_number == 35);
}

TEST_CASE("PhotoTest.ARefusedOneCostsNoCallOfAModel") {
  ResponsesDouble model([](const json&) { return std::optional<int>(35); });
  Product product(at_the_photo(model.base_url()));

  for (const auto* kind : {"pdf", "landscape", "big", "tiny", "truncated", "animated"}) {
    CAPTURE(kind);
    const auto reply = product.send_photo(kind);
    REQUIRE(reply);
    CHECK(reply->routine_number == 34);
  }

  CHECK(model.count() == 0);
  CHECK(product.rows("photos").empty());
}

TEST_CASE("PhotoTest.AModelSeesTheBarePreparedJpeg") {
  std::string head;
  for (const std::string kind : {"heic", "gps"}) {
    CAPTURE(kind);
    ResponsesDouble model([](const json&) { return std::optional<int>(35); });
    Product product(at_the_photo(model.base_url()));

    const auto reply = product.send_photo(kind);

    REQUIRE(reply);
    CHECK(reply->routine_number == 35);
    CHECK(reply->response.find(kNote) == std::string::npos);
    REQUIRE(model.count() > 0);
    const auto picture = picture_in(model.requests().front());
    CHECK(picture.rfind("data:image/jpeg;base64,/9j/", 0) == 0);
    // "Exif" as base64 would have it at the place where cameras put it.
    CHECK(picture.substr(0, 80).find("RXhpZ") == std::string::npos);
    CHECK(stored_photo(product).find("Exif") == std::string::npos);
    CHECK(leftovers(product) == 0);
  }
}

TEST_CASE("PhotoTest.AModelsReasonIsShownAndTheTurnStays") {
  const auto no = answer_body(R"({"agent_final_response":"A lovely cat! Please send one of Alfie.",
    "routine_number":34,"metadata":{"collected":[]}})");
  HttpDouble model([&](const DoubleRequest&) { return DoubleReply::json(200, no.dump()); });
  Product product(at_the_photo(model.url("/v1")));

  const auto reply = product.send_photo();

  REQUIRE(reply);
  CHECK(reply->routine_number == 34);
  CHECK(reply->response == "A lovely cat! Please send one of Alfie.");
  CHECK(product.rows("photos").empty());
  CHECK(leftovers(product) == 0);
}

TEST_CASE("PhotoTest.AllModelsDownTheUnderstudyTakesWhatTheCheckTook") {
  HttpDouble model([](const DoubleRequest&) { return DoubleReply::json(401, "{}"); });
  Product product(at_the_photo(model.url("/v1")));

  const auto reply = product.send_photo();

  REQUIRE(reply);
  CHECK(reply->target == "understudy");
  CHECK(reply->routine_number == 35);
  CHECK(reply->response.find(kNote) != std::string::npos);
  CHECK(leftovers(product) == 0);
}

TEST_CASE("PhotoTest.AStoreThatFailsAtAnyCallLeavesNoFile") {
  const Standing before(34);
  for (int broken = 1;; ++broken) {
    INFO("call " << broken);
    Product product(before.copy());
    product.store().fail_call(broken);
    const auto first = product.send_photo("jpeg", "photo-1");
    const bool was_hit = product.store().failures() > 0;
    product.store().heal();
    // A message that was not even accepted leaves its file to the caller.
    CHECK(leftovers(product) == (broken == 1 ? 1 : 0));
    fs::remove_all(product.uploads());

    // The same picture as another file, as a client sends it again.
    auto again = product.send_photo("jpeg", "photo-1");
    if (again && again->routine_number == 34) again = product.send_photo("jpeg", "photo-2");

    REQUIRE(again);
    CHECK(again->routine_number == 35);
    CHECK(product.rows("photos").size() == 1);
    CHECK(leftovers(product) == 0);
    if (!was_hit) break;
    REQUIRE(broken < 60);
  }
}

TEST_CASE("PhotoTest.AnUploadThatIsWantedAgainOutlivesAFailedTurnOnly") {
  Product product(at_the_photo());
  dugout::orchestrator::ChatRequest request;
  request.session_id = product.session;
  request.client_message_id = "photo-1";
  const auto path = product.upload("jpeg");
  request.upload = dugout::orchestrator::Upload{path, "photo", true};
  product.store().fail_from(2);
  REQUIRE_FALSE(product.chat(request));
  product.store().heal();
  CHECK(leftovers(product) == 1);  // the upload, and nothing made of it

  const auto reply = product.chat(request);

  REQUIRE(reply);
  CHECK(reply->routine_number == 35);
  CHECK(leftovers(product) == 0);
}

TEST_CASE("PhotoTest.TextAtThePhotoAsksForTheUpload") {
  Product product(at_the_photo());

  const auto reply = product.say("here it is");

  REQUIRE(reply);
  CHECK(reply->routine_number == 34);
  CHECK(reply->response.find("upload button") != std::string::npos);
}

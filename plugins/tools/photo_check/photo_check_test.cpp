// What is refused, when, and with what words; and many at once.
#include <catch2/catch.hpp>
#include <thread>

#include "support/photo_desk.hpp"

namespace photo_check_test {

namespace {

using namespace photo_desk;

constexpr std::size_t kLimit = 10 * 1024 * 1024;

}  // namespace

TEST_CASE("PhotoCheckTest.AnythingElseIsNoPhoto") {
  Desk desk;
  const Image picture(400, 600);
  CHECK(desk.refusal(desk.put("pdf.jpg", "%PDF-1.7\n1 0 obj")) == "photo_type");
  CHECK(desk.refusal(desk.put("svg.png", "<svg xmlns='http://www.w3.org/2000/svg'/>")) ==
        "photo_type");
  CHECK(desk.refusal(desk.save(picture, "photo.gif")) == "photo_type");
  CHECK(desk.refusal(desk.save(picture, "photo.tif")) == "photo_type");
  CHECK(desk.refusal(desk.heic(picture, "photo.avif", "-A -q 40")) == "photo_type");
  CHECK(desk.refusal(desk.put("empty.jpg", "")) == "photo_type");
  CHECK(desk.refusal(desk.put("short.jpg", "\xff\xd8\xff")) == "photo_damaged");
  CHECK(desk.refusal(desk.put("half.webp", "RIFF")) == "photo_type");
  CHECK(desk.refusal(desk.file("nowhere.jpg")) == "photo_missing");
  CHECK(desk.refusal(desk.file("")) == "photo_missing");
  // The name does not matter, the content does.
  fs::copy_file(desk.save(picture, "true.png"), desk.file("false.pdf"));
  CHECK(desk.refusal(desk.file("false.pdf")).empty());
  // Nor does a link lead anywhere.
  fs::create_symlink(desk.file("true.png"), desk.file("link.png"));
  CHECK(desk.refusal(desk.file("link.png")) == "photo_missing");
}

TEST_CASE("PhotoCheckTest.BytesAreLimitedBeforeAnythingIsRead") {
  Desk desk;
  auto photo = read(desk.save(400, 600, "photo.jpg"));
  photo.resize(kLimit, 'x');  // behind the end of a JPEG nobody reads
  CHECK(desk.refusal(desk.put("ten.jpg", photo)).empty());
  photo.resize(kLimit + 1, 'x');
  CHECK(desk.refusal(desk.put("over.jpg", photo)) == "photo_too_large");
  photo.resize(11 * 1024 * 1024, 'x');
  CHECK(desk.refusal(desk.put("eleven.jpg", photo)) == "photo_too_large");
}

TEST_CASE("PhotoCheckTest.ABombIsRefusedByItsHeaderAlone") {
  Desk desk;
  const auto path = desk.file("bomb.png");
  VipsImage* black = nullptr;
  REQUIRE(vips_black(&black, 10'000, 10'000, nullptr) == 0);
  REQUIRE(vips_pngsave(black, path.c_str(), "compression", 9, "bitdepth", 1, nullptr) == 0);
  g_object_unref(black);
  REQUIRE(fs::file_size(path) < 200'000);
  const auto before = vips_tracked_get_mem_highwater();

  CHECK(desk.refusal(path) == "photo_too_large");

  CHECK(vips_tracked_get_mem_highwater() - before < 8'000'000);
  // Its pixels could not even be read: they are not there.
  CHECK(desk.refusal(desk.put("hollow.png", read(path).substr(0, 200))) == "photo_too_large");
  CHECK(desk.refusal(desk.save(7072, 7072, "flat.webp")) == "photo_too_large");
}

TEST_CASE("PhotoCheckTest.AHeicThatClaimsToBeHugeIsRefusedByItsHeader") {
  Desk desk;
  auto bytes = read(desk.heic(Image(400, 600), "photo.heic", "-q 20"));
  const std::string huge("\x00\x00\x27\x10\x00\x00\x1f\x40", 8);  // 10000 by 8000
  int boxes = 0;
  for (auto at = bytes.find("ispe"); at != bytes.npos; at = bytes.find("ispe", at + 1), ++boxes) {
    bytes.replace(at + 8, huge.size(), huge);
  }
  REQUIRE(boxes > 0);

  CHECK(desk.refusal(desk.put("huge.heic", bytes)) == "photo_too_large");
}

TEST_CASE("PhotoCheckTest.SmallOnesAndOddShapesAreRefused") {
  Desk desk;
  CHECK(desk.refusal(desk.save(1, 1, "pixel.png")) == "photo_too_small");
  CHECK(desk.refusal(desk.save(199, 600, "narrow.png")) == "photo_too_small");
  CHECK(desk.refusal(desk.save(200, 200, "least.png")).empty());
  CHECK(desk.refusal(desk.save(400, 600, "enough.png")).empty());
  CHECK(desk.refusal(desk.save(1250, 1000, "nearly_square.png")).empty());
  CHECK(desk.refusal(desk.save(1251, 1000, "wide.png")) == "photo_not_portrait");
  CHECK(desk.refusal(desk.save(3000, 2000, "landscape.jpg")) == "photo_not_portrait");
  CHECK(desk.refusal(desk.save(300, 901, "strip.png")) == "photo_not_portrait");
  Image upright(400, 600);
  vips_image_set_int(upright.get(), VIPS_META_ORIENTATION, 8);  // it was held across
  CHECK(desk.refusal(desk.save(upright, "turned.jpg")) == "photo_not_portrait");
}

TEST_CASE("PhotoCheckTest.WhatIsCutOffIsNoticedInEveryKind") {
  Desk desk;
  Image rough(400, 600);
  rough.noise();
  for (const auto& path :
       {desk.save(rough, "photo.jpg"), desk.save(rough, "photo.png"),
        desk.save(rough, "photo.webp"), desk.heic(rough, "photo.heic", "-q 50")}) {
    const auto whole = read(path);
    for (const double part : {0.3, 0.6, 0.95}) {
      CAPTURE(path, part);
      const auto size = static_cast<std::size_t>(static_cast<double>(whole.size()) * part);
      CHECK(desk.refusal(desk.put("cut", whole.substr(0, size))) == "photo_damaged");
    }
  }
}

TEST_CASE("PhotoCheckTest.FilmsAreRefused") {
  Desk desk;
  Image strip(400, 1800);
  strip.paint({255, 255, 255}, 0, 0, 400, 600);
  vips_image_set_int(strip.get(), VIPS_META_PAGE_HEIGHT, 600);
  const auto path = desk.save(strip, "film.webp");
  REQUIRE(read(path).find("ANIM") != std::string::npos);
  CHECK(desk.refusal(path) == "photo_animated");

  auto png = read(desk.save(400, 600, "photo.png"));
  png.insert(33, std::string("\0\0\0\x08"
                             "acTL\0\0\0\2\0\0\0\0\0\0\0\0",
                             20));
  CHECK(desk.refusal(desk.put("film.png", png)) == "photo_animated");
  auto heic = read(desk.heic(Image(400, 600), "photo.heic", "-q 20"));
  CHECK(desk.refusal(desk.put("film.heic", heic.replace(8, 4, "hevc"))) == "photo_animated");
}

TEST_CASE("PhotoCheckTest.ManyAtOnceGetTheSameAsOne") {
  Desk desk;
  const std::vector<std::string> kinds{"jpg", "png", "webp", "jpg", "cut", "pdf"};
  std::vector<json> alone, together(kinds.size());
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const Image picture(1300 + static_cast<int>(i), 1600);
    const auto name = "photo" + std::to_string(i) + "." + kinds[i];
    if (kinds[i] == "cut") {
      desk.put(name, read(desk.file("photo0.jpg")).substr(0, 9000));
    } else if (kinds[i] == "pdf") {
      desk.put(name, "%PDF-1.7");
    } else {
      desk.save(picture, name);
    }
    alone.push_back(desk.check(desk.file(name)));
  }
  REQUIRE(alone[3]["ok"] == true);
  REQUIRE(alone[4]["error"]["code"] == "photo_damaged");

  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    threads.emplace_back([&, i] {
      // Each in a folder of its own, as no two uploads share a name.
      const auto folder = desk.file(std::to_string(i));
      fs::create_directory(folder);
      const auto path = folder + "/photo";
      fs::copy_file(desk.file("photo" + std::to_string(i) + "." + kinds[i]), path);
      for (int time = 0; time < 4; ++time) together[i] = desk.check(path);
    });
  }
  for (auto& thread : threads) thread.join();

  for (std::size_t i = 0; i < kinds.size(); ++i) {
    CAPTURE(kinds[i]);
    CHECK(together[i]["ok"] == alone[i]["ok"]);
    if (!alone[i]["ok"]) {
      CHECK(together[i]["error"] == alone[i]["error"]);
    } else {
      CHECK(read(together[i]["data"]["value"]) == read(alone[i]["data"]["value"]));
    }
  }
}

TEST_CASE("PhotoCheckTest.AFolderThatCannotBeWrittenIsNotThePhotosFault") {
  Desk desk;
  const auto path = desk.save(400, 600, "photo.jpg");
  const auto prepared = desk.accept(path)["value"].get<std::string>();
  fs::remove(prepared);
  fs::create_directory(prepared);  // in the way

  const auto error = desk.check(path)["error"];

  CHECK(error["code"] == "unavailable");
  CHECK(error["retryable"] == true);
}

TEST_CASE("PhotoCheckTest.ReasonsSayHowToMendItAndNameNoFile") {
  Desk desk;
  for (const auto& path :
       {desk.put("helen_barlow.jpg", "%PDF"), desk.save(1, 1, "helen_barlow.png"),
        desk.save(900, 400, "helen_barlow.webp")}) {
    const std::string message = desk.check(path)["error"]["message"];
    CAPTURE(message);
    CHECK(message.find("Please send") != std::string::npos);
    CHECK(message.find("helen") == std::string::npos);
  }
}

}  // namespace photo_check_test

// What a prepared photo looks like: the crop table, the size, colours, and nothing but pixels.
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "crop.hpp"
#include "support/photo_desk.hpp"

namespace photo_picture_test {

namespace {

using namespace photo_desk;

std::string size_of(const json& data) {
  return data["width"].dump() + "x" + data["height"].dump();
}

// The smallest EXIF block with a place in it, as a phone writes one.
std::string gps_exif() {
  const auto number = [](std::uint32_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i & 0xff);
    return out;
  };
  const auto entry = [&](std::uint32_t tag, std::uint32_t type, std::uint32_t count,
                         std::uint32_t value) {
    return number(tag, 2) + number(type, 2) + number(count, 4) + number(value, 4);
  };
  const std::uint32_t gps = 8 + 2 + 12 + 4, degrees = gps + 2 + 24 + 4;
  std::string tiff = "II*" + std::string(1, '\0') + number(8, 4);
  tiff += number(1, 2) + entry(0x8825, 4, 1, gps) + number(0, 4);
  tiff += number(2, 2) + entry(1, 2, 2, 'N') + entry(2, 5, 3, degrees) + number(0, 4);
  for (const std::uint32_t part : {53U, 28U, 7331U}) tiff += number(part, 4) + number(1, 4);
  return "Exif" + std::string(2, '\0') + tiff;
}

void attach(Image& image, const char* name, const std::string& bytes) {
  vips_image_set_blob_copy(image.get(), name, bytes.data(), bytes.size());
}

}  // namespace

TEST_CASE("CropTest.TheFiveRowsOfTheTable") {
  using picture::Box, picture::Size;
  struct Row {
    Size in, out;
    Box box;
  };
  for (const auto& row : {Row{{3000, 2000}, {1200, 1500}, {700, 0, 2300, 2000}},
                          Row{{1200, 1600}, {800, 1000}, {0, 30, 1200, 1530}},
                          Row{{400, 600}, {600, 750}, {0, 30, 400, 530}},
                          Row{{1500, 1500}, {800, 1000}, {150, 0, 1350, 1500}},
                          Row{{800, 1000}, {800, 1000}, {0, 0, 800, 1000}}}) {
    CAPTURE(row.in.width, row.in.height);
    CHECK(picture::target_size(row.in) == row.out);
    CHECK(picture::crop_box(row.in, row.out) == row.box);
  }
}

TEST_CASE("CropTest.TheStepsBeginJustBeyondTheirLimits") {
  using picture::Size;
  CHECK(picture::target_size({2000, 2500}) == Size{800, 1000});
  CHECK(picture::target_size({2001, 2500}) == Size{1200, 1500});
  CHECK(picture::target_size({2000, 2501}) == Size{1200, 1500});
  CHECK(picture::target_size({600, 750}) == Size{800, 1000});
  CHECK(picture::target_size({599, 750}) == Size{600, 750});
  CHECK(picture::target_size({600, 749}) == Size{600, 750});
}

TEST_CASE("PhotoPictureTest.EveryKindBecomesAPreparedJpeg") {
  Desk desk;
  const Image portrait(1200, 1600);
  for (const auto& path :
       {desk.save(portrait, "photo.jpg"), desk.save(portrait, "photo.png"),
        desk.save(portrait, "photo.webp"), desk.heic(portrait, "photo.heic", "-q 50")}) {
    CAPTURE(path);

    const auto data = desk.accept(path);

    const auto name = data["value"].get<std::string>();
    CHECK(name.substr(0, path.find_last_of('/') + 8) == desk.file("upload_"));
    CHECK(data["media_type"] == "image/jpeg");
    CHECK(size_of(data) == "800x1000");
    CHECK(data["note"] == "Somebody at the club will look at it as well.");
    const auto bytes = read(data["value"]);
    CHECK(bytes.size() == data["bytes"].get<std::size_t>());
    CHECK(bytes.substr(0, 3) == "\xff\xd8\xff");
    const Image made(data["value"].get<std::string>());
    CHECK(made.width() == 800);
    CHECK(made.height() == 1000);
    CHECK(made.at(400, 500)[0] == Approx(90).margin(4));
    CHECK(made.at(400, 500)[2] == Approx(150).margin(4));
    struct stat about {};
    REQUIRE(stat(data["value"].get<std::string>().c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
  }
}

TEST_CASE("PhotoPictureTest.TheSizeStepsAreTaken") {
  Desk desk(json{{"widest", 2}});
  CHECK(size_of(desk.accept(desk.save(3000, 2000, "a.jpg"))) == "1200x1500");
  CHECK(size_of(desk.accept(desk.save(1200, 1600, "b.jpg"))) == "800x1000");
  CHECK(size_of(desk.accept(desk.save(400, 600, "c.jpg"))) == "600x750");
  CHECK(size_of(desk.accept(desk.save(1500, 1500, "d.jpg"))) == "800x1000");
  CHECK(size_of(desk.accept(desk.save(800, 1000, "e.jpg"))) == "800x1000");
  CHECK(size_of(desk.accept(desk.save(1201, 1603, "f.jpg"))) == "800x1000");
}

TEST_CASE("PhotoPictureTest.TheCropIsCutWhereTheTableSays") {
  // What is to go is red; nothing red may be left, and all of the green frame inside it must be.
  Desk desk;
  Image picture(1200, 1600, {255, 0, 0});
  picture.paint({0, 255, 0}, 0, 30, 1200, 1500).paint({128, 128, 128}, 0, 60, 1200, 1440);

  const auto data = desk.accept(desk.save(picture, "marked.png"));

  const Image made(data["value"].get<std::string>());
  for (const int row : {2, 12, 987, 997}) {
    CAPTURE(row);
    CHECK(made.at(400, row)[0] < 60);
    CHECK(made.at(400, row)[1] > 200);
  }
  CHECK(made.at(400, 30)[0] == Approx(128).margin(8));
  CHECK(made.at(400, 970)[0] == Approx(128).margin(8));
}

TEST_CASE("PhotoPictureTest.AQuarterTurnOfTheCameraIsApplied") {
  Desk desk;
  Image lying(600, 400);
  lying.paint({255, 0, 0}, 0, 0, 150, 400);
  vips_image_set_int(lying.get(), VIPS_META_ORIENTATION, 6);  // its left is where up is

  const auto data = desk.accept(desk.save(lying, "turned.jpg"));

  CHECK(size_of(data) == "600x750");
  const Image made(data["value"].get<std::string>());
  CHECK(made.at(300, 40)[0] > 200);
  CHECK(made.at(300, 700)[0] < 150);
  CHECK_FALSE(made.has(VIPS_META_ORIENTATION));
}

TEST_CASE("PhotoPictureTest.APlaceLeavesNoTrace") {
  Desk desk;
  Image picture(800, 1000);
  attach(picture, VIPS_META_EXIF_NAME, gps_exif());
  attach(picture, VIPS_META_XMP_NAME, "<x:xmpmeta>Urmston</x:xmpmeta>");
  const auto path = desk.save(picture, "gps.jpg");
  const Image before(path);
  REQUIRE(before.has("exif-ifd3-GPSLatitude"));
  REQUIRE(read(path).find("Urmston") != std::string::npos);

  const auto data = desk.accept(path);

  const auto bytes = read(data["value"]);
  CHECK(bytes.find("Exif") == std::string::npos);
  CHECK(bytes.find("Urmston") == std::string::npos);
  const Image after(data["value"].get<std::string>());
  for (const auto* name : {"exif-ifd3-GPSLatitude", VIPS_META_EXIF_NAME, VIPS_META_XMP_NAME,
                           VIPS_META_IPTC_NAME, VIPS_META_ICC_NAME}) {
    CAPTURE(name);
    CHECK_FALSE(after.has(name));
  }
}

TEST_CASE("PhotoPictureTest.OtherColourKindsEndAsPlainColours") {
  Desk desk;
  Image grey(400, 600), wide(400, 600), clear(400, 600), cmyk(400, 600);
  grey.step([](VipsImage* in, VipsImage** out) {
    return vips_colourspace(in, out, VIPS_INTERPRETATION_B_W, nullptr);
  });
  wide.step([](VipsImage* in, VipsImage** out) {
    return vips_colourspace(in, out, VIPS_INTERPRETATION_RGB16, nullptr);
  });
  clear.step(
      [](VipsImage* in, VipsImage** out) { return vips_bandjoin_const1(in, out, 0, nullptr); });
  cmyk.step([](VipsImage* in, VipsImage** out) {
    return vips_colourspace(in, out, VIPS_INTERPRETATION_CMYK, nullptr);
  });
  for (const auto& path : {desk.save(grey, "grey.png"), desk.save(wide, "wide.png"),
                           desk.save(clear, "clear.png"), desk.save(cmyk, "cmyk.jpg")}) {
    CAPTURE(path);

    const Image made(desk.accept(path)["value"].get<std::string>());

    CHECK(made.get()->Bands == 3);
    CHECK(made.get()->Type == VIPS_INTERPRETATION_sRGB);
    // What can be seen through is on white.
    if (path.find("clear") != path.npos) CHECK(made.at(300, 300)[0] > 250);
    if (path.find("wide") != path.npos) CHECK(made.at(300, 300)[2] == Approx(150).margin(4));
  }
}

TEST_CASE("PhotoPictureTest.ALargeFileIsSavedAtALowerQuality") {
  Image rough(1200, 1500);
  rough.noise();
  const auto bytes_with = [&](const json& config) {
    Desk desk(config);
    return desk.accept(desk.save(rough, "rough.png"))["bytes"].get<std::size_t>();
  };
  const auto best = bytes_with({{"max_file_size_kb", 10240}});
  const auto least = bytes_with({{"max_file_size_kb", 1}});
  const auto middle = bytes_with({{"max_file_size_kb", (best + least) / 2 / 1024}});

  CHECK(least < middle);
  CHECK(middle < best);
  CHECK(middle <= (best + least) / 2);
}

TEST_CASE("PhotoPictureTest.TheSamePictureSentAgainIsTheSameFile") {
  Desk desk;
  const auto first = desk.save(400, 600, "first.jpg");
  fs::copy_file(first, desk.file("again.jpg"));

  const auto value = desk.accept(first)["value"];

  CHECK(desk.accept(desk.file("again.jpg"))["value"] == value);
  CHECK(desk.accept(desk.save(Image(400, 600, {9, 9, 9}), "other.jpg"))["value"] != value);
}

}  // namespace photo_picture_test

// A file may have a type and a check at once, and its check is looked at like any other.
#include <catch2/catch.hpp>

#include "sandbox.hpp"

namespace {

using namespace dugout;
using test::Sandbox;

std::string reader_with(const std::string& field) {
  return "number: 1\nname: reader\ntitle: The reader\ncollects:\n  reader_name: " + field +
         "\nask: Send it.\nnext:\n  - go: 2\n";
}

routines::Known photo_tools() {
  routines::ToolShape check, effect;
  check.name = "photo_check";
  check.arguments = check.required = {"path"};
  check.check_argument = "path";
  effect.name = "upload";
  effect.has_effects = true;
  routines::Known known;
  known.tools = {check, effect};
  return known;
}

}  // namespace

TEST_CASE("FileFieldTest.AFileMayHaveACheckThatKeepsMore") {
  Sandbox box;
  box.write("routines/cards/01_reader.yaml",
            reader_with("{type: file, check: photo_check, save: {note: photo_note}}"));

  const auto application = box.load(photo_tools());

  CHECK_FALSE(core::has_errors(box.findings));
  const auto& field = application.flows.at("cards").find(1)->collects.front();
  CHECK(field.type == routines::FieldType::kFile);
  CHECK(field.tool == "photo_check");
  REQUIRE(field.save.size() == 1);
  CHECK(field.save.front().second == "photo_note");
}

TEST_CASE("FileFieldTest.ACheckOfAFileIsLookedAtLikeAnyOther") {
  Sandbox box;
  const auto* file = "01_reader.yaml";
  const auto write = [&](const std::string& field) {
    box.write(std::string("routines/cards/") + file, reader_with(field));
  };
  write("{type: file, check: photo_chek}");
  CHECK(box.finds(file, 5, 3, "did you mean photo_check?", photo_tools()));
  write("{type: file, check: upload}");
  CHECK(box.finds(file, 5, 3, "cannot be a check", photo_tools()));
  write("{type: file, check: photo_check, with: {colour: red}}");
  CHECK(box.finds(file, 5, 3, "no argument \"colour\"", photo_tools()));
  write("{type: file, check: photo_check, none: [no]}");
  CHECK(box.finds(file, 5, 49, "none", photo_tools()));
  write("{type: date, check: photo_check}");
  CHECK(box.finds(file, 5, 23, "only a file has both", photo_tools()));
}

// YAML: values with their places, and every mistake a person can make in a file.
#include "config/yaml.hpp"
#include "support/own_file.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

using namespace dugout;
using config::Node;

namespace {

struct Read {
  std::optional<config::YamlFile> file;
  core::Findings findings;
};

Read read(std::string_view text, const config::YamlLimits& limits = {}) {
  Read out;
  out.file = config::parse_yaml(text, "t.yaml", out.findings, limits);
  return out;
}

// The text of the only finding.
std::string only(const Read& read) {
  REQUIRE(read.findings.size() == 1);
  return read.findings.front().text();
}

void expect(std::string_view text, const std::string& place, const std::string& words) {
  INFO(text);
  const auto result = read(text);
  REQUIRE_FALSE(result.findings.empty());
  const auto said = result.findings.front().text();
  CHECK(said.rfind("t.yaml:" + place + ": error: ", 0) == 0);
  CHECK_THAT(said, Catch::Contains(words));
  CHECK_FALSE(result.findings.front().hint.empty());
}

std::string repeat(std::string_view part, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += part;
  return out;
}

}  // namespace

TEST_CASE("YamlTest.ValuesKeepOrderAndPlaces") {
  const auto result = read("name: Jo\nlist:\n  - 1\n  - {a: b}\nempty:\n");

  REQUIRE(result.findings.empty());
  const auto& root = result.file->root;
  REQUIRE(root.is_map());
  REQUIRE(root.members.size() == 3);
  CHECK(root.members[0].key == "name");
  const auto* list = root.find("list");
  REQUIRE(list != nullptr);
  CHECK(list->key_mark.line == 2);
  CHECK(list->items[1].mark.line == 4);
  CHECK(list->items[1].mark.column == 5);
  CHECK(list->items[1].find("a")->scalar == "b");
  CHECK(root.find("empty")->is_null());
  CHECK(root.find("nothing") == nullptr);
}

TEST_CASE("YamlTest.EscapesThatMakeNoUtf8AreFindings") {
  expect("a: \"x\\_y\"\n", "1:4", "no UTF-8");
  expect("a: [b, \"\\N\"]\n", "1:8", "no UTF-8");
  CHECK(read("a: \"\\xe9\\u00e9\\n\"\n").findings.empty());
}

TEST_CASE("YamlTest.EmptyFileIsNull") {
  for (const auto* text : {"", "# only a comment\n", "---\n", "\xEF\xBB\xBF"}) {
    const auto result = read(text);
    CHECK(result.findings.empty());
    REQUIRE(result.file);
    CHECK(result.file->root.is_null());
  }
}

TEST_CASE("YamlTest.ScalarsFollowTheNarrowCoreSchema") {
  const auto result = read(
      "[0123, 12, -5, 1.5, 1e3, yes, no, true, False, '12', \"true\", +447700900123, 0x10, .inf, "
      "99999999999999999999, null, ~, on]");

  REQUIRE(result.findings.empty());
  CHECK(config::to_json(result.file->root) ==
        "[\"0123\",12,-5,1.5,1000.0,\"yes\",\"no\",true,false,\"12\",\"true\",\"+447700900123\","
        "\"0x10\",\".inf\",1e+20,null,null,\"on\"]");
}

TEST_CASE("YamlTest.NumberOutOfRangeStaysText") {
  const auto result = read("[1e999, -1e999]");

  CHECK(config::to_json(result.file->root) == "[\"1e999\",\"-1e999\"]");
}

TEST_CASE("YamlTest.SecondsTakeUnits") {
  const auto seconds = [](std::string text) {
    Node node;
    node.kind = Node::Kind::kScalar;
    node.scalar = std::move(text);
    return node.as_seconds();
  };

  CHECK(seconds("90s") == 90.0);
  CHECK(seconds("250ms") == 0.25);
  CHECK(seconds("5m") == 300.0);
  CHECK(seconds("1.5") == 1.5);
  for (const auto* bad : {"", "s", "-1s", "1 s", "1d", "nan", "1e999", "1s2"}) {
    INFO(bad);
    CHECK_FALSE(seconds(bad));
  }
}

TEST_CASE("YamlTest.BlockTextsAndExplicitTextTagsAreText") {
  const auto result = read("a: |\n  12\nb: !!str 12\nc: >-\n  x\n  y\n");

  REQUIRE(result.findings.empty());
  CHECK(config::to_json(result.file->root) == R"({"a":"12\n","b":"12","c":"x y"})");
}

TEST_CASE("YamlTest.ToJsonEscapes") {
  const auto result = read("t: \"quote \\\" tab \\t é\"\n");

  CHECK(config::to_json(result.file->root) == R"({"t":"quote \" tab \t é"})");
}

TEST_CASE("YamlTest.DuplicateKeyNamesBothLines") {
  const auto result = read("a: 1\nb: 2\na: 3\n");

  CHECK(only(result) ==
        "t.yaml:3:1: error: key \"a\" is given twice (it stands already in line 1; keep one)");
  REQUIRE(result.file);
  CHECK(result.file->root.find("a")->scalar == "1");
}

TEST_CASE("YamlTest.SeveralMistakesOfShapeAreAllReported") {
  const auto result = read("a: 1\na: 2\nb: {c: 1, c: 2}\n? [x]\n: 1\n");

  CHECK(result.findings.size() == 3);
}

TEST_CASE("YamlTest.MistakesHavePlaceAndHint") {
  expect("a: 1\n? [x, y]\n: 1\n", "2:3", "a key must be plain text");
  expect(": 1\n", "1:1", "a key must be plain text");
  expect("a: 1\n---\nb: 2\n", "2:1", "a second document");
  expect("a:\n\tb: 1\n", "2:1", "a tab indents this line");
  expect("a:\n  - x\n\t- y\n", "3:1", "a tab indents this line");
  expect("a: é\xFF\n", "1:5", "0xFF is not UTF-8");
  expect("a: \xED\xA0\x80\n", "1:4", "is not UTF-8");
  expect("a: b\x04\nc: d\n", "1:5", "control character 0x04");
  expect("a: [1, 2\n", "2:1", "is not closed");
  expect("a: {b: 1\n", "2:1", "is not closed");
  expect("a: \"b\nc: d\n", "1:4", "a quoted text is not closed");
  expect("a: 'b", "1:4", "a quoted text is not closed");
  expect("- a\nb: c\n", "2:1", "does not belong to the value above");
  expect("a: 1\nd\nc: 2\n", "3:2", "does not fit here");
  expect("a: 'it's'\n", "1:8", "does not fit into the map");
  expect("a: b: c\n", "1:5", "this \": \" does not fit");
  expect("a: *nowhere\n", "1:4", "this alias names no anchor");
  expect("a: \"\\q\"\n", "1:7", "unknown escape");
  expect("a: @b\n", "1:4", "a value cannot start with this character");
  expect("a: 1\n b: 2\n", "2:3", "this \": \" does not fit");
  expect("a: !thing 1\n", "1:4", "tag \"!thing\" is not supported");
  expect("a: &x {b: 1}\nc:\n  <<: *x\n", "3:3", "merge keys");
  expect("a: &x [1, *x]\n", "1:11", "inside the value it names");
}

TEST_CASE("YamlTest.TabsInsideTextsAndBracketsAreNoIndentation") {
  const auto result = read(
      "a: |\n  one\n  \ttwo\nb: [1,\n\t2]\nc: \"x\n\ty\"\n\t# comment\nd: it's\ne: 'a''b'\nf: x "
      "#y'\ng: 1\n");

  for (const auto& finding : result.findings) UNSCOPED_INFO(finding.text());
  CHECK(result.findings.empty());
}

TEST_CASE("YamlTest.TabAfterABlockTextIsFound") {
  expect("a: |\n  one\n\tb: 2\n", "3:1", "a tab");
}

TEST_CASE("YamlTest.AliasesExpandUpToTheLimit") {
  const auto good = read("a: &x {b: [1, 2]}\nc: *x\nd: *x\n");
  REQUIRE(good.findings.empty());
  CHECK(config::to_json(*good.file->root.find("d")) == R"({"b":[1,2]})");
  CHECK(good.file->root.find("d")->mark.line == 3);

  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const auto below = "*a" + std::to_string(i - 1);
    const auto here = "a" + std::to_string(i);
    bomb += here + ": &" + here + " [" + below + repeat(", " + below, 9) + "]\n";
  }
  CHECK_THAT(only(read(bomb)), Catch::Contains("more than 50000 values"));
}

TEST_CASE("YamlTest.AliasesOfOneBigTextAreBounded") {
  const auto bomb =
      "a: &a \"" + std::string(500'000, 'x') + "\"\nb: [" + repeat("*a,", 40'000) + "]\n";

  CHECK_THAT(only(read(bomb)), Catch::Contains("multiply the file's text"));
}

TEST_CASE("YamlTest.AliasesCannotGoDeeperThanTheLimit") {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 40; ++i) {
    const auto here = "a" + std::to_string(i);
    text += here + ": &" + here + " [*a" + std::to_string(i - 1) + "]\n";
  }
  CHECK_THAT(only(read(text)), Catch::Contains("nested deeper than 32 levels"));
}

TEST_CASE("YamlTest.EndlessNestingIsRefusedInEveryForm") {
  for (const auto* part : {"[", "{", "- ", "? ", "[{", "{a: ", "-\n", "a: [", "!!seq [", "&a [",
                           "{[", "? - ", "[[]", "[? "}) {
    INFO(part);
    const auto result =
        read(repeat(part, 100'000 / static_cast<int>(std::string_view(part).size())));
    CHECK_FALSE(result.file);
    CHECK_FALSE(result.findings.empty());
  }
}

TEST_CASE("YamlTest.TooManyValuesAndTooManyBytesAreRefused") {
  CHECK_THAT(only(read(repeat("- a\n", 60'000))), Catch::Contains("more than 50000 values"));
  const auto big = read(std::string(10U << 20, '#'));
  CHECK_THAT(only(big), Catch::Contains("10485760 bytes; at most 1048576"));
  CHECK_FALSE(big.file);
}

TEST_CASE("YamlTest.FilesThatCannotBeReadAreFindings") {
  core::Findings findings;

  CHECK_FALSE(config::load_yaml("does/not/exist.yaml", findings));
  CHECK_FALSE(config::load_yaml(std::filesystem::temp_directory_path().string(), findings));
  CHECK_FALSE(config::load_yaml("/dev/zero", findings));

  REQUIRE(findings.size() == 3);
  CHECK(findings[0].text() == "does/not/exist.yaml: error: no such file (check the path)");
  CHECK_THAT(findings[1].text(), Catch::Contains("not a regular file"));
}

TEST_CASE("YamlTest.LoadReadsAFile") {
  const auto path = std::filesystem::path(test::own_file("yaml_load_test.yaml"));
  std::ofstream(path) << "a: 1\r\nb: two\r\n";
  core::Findings findings;

  const auto file = config::load_yaml(path.string(), findings);

  REQUIRE(file);
  CHECK(findings.empty());
  CHECK(config::to_json(file->root) == R"({"a":1,"b":"two"})");
  std::filesystem::remove(path);
}

TEST_CASE("YamlTest.CutOffAndMutatedTextsNeverEscape") {
  const std::string text =
      "a: &x {b: [1, 'two'], \"c\": ? }\nd: |2-\n   text\ne: *x\n? k\n: - v\n  - !!int 3\n...\n";
  const std::string marks = "[]{}:,-?&*!|>'\"%@`#\n \t\\~<";
  std::size_t read_well = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    read_well += read(text.substr(0, at)).file.has_value();
    for (const char mark : marks) {
      auto changed = text;
      changed[at] = mark;
      const auto result = read(changed);
      CHECK((result.file.has_value() || !result.findings.empty()));
    }
  }
  CHECK(read_well > 0);
}

TEST_CASE("YamlTest.NearestSuggestsOnlyWhatIsNear") {
  const std::vector<std::string> known{"listen", "data", "providers", "retry", "go"};

  CHECK(config::nearest("listn", known) == "listen");
  CHECK(config::nearest("lisetn", known) == "listen");
  CHECK(config::nearest("Provider", known) == "providers");
  CHECK(config::nearest("colour", known).empty());
  CHECK(config::nearest("xy", known).empty());
  CHECK(config::nearest("", known).empty());
}

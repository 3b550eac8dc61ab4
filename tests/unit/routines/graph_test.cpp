// The checks over a whole flow: one mistake per test.
#include "routines/graph.hpp"

#include "sandbox.hpp"

using dugout::test::Sandbox;
using namespace dugout::routines;

namespace {

constexpr auto kSizeFile = "02_size.yaml";

// Routine 2 with other next rules, from line 9 on.
std::string size(const std::string& next, const std::string& more = {}) {
  return "number: 2\nname: size\ntitle: Size\ncollects:\n  size:\n    type: choice\n"
         "    values: {Small: [little], Large: [big]}\nask: Size?\n" +
         ("next:\n" + next) + more;
}

bool finds(const std::string& next, int line, int column, const std::string& words,
           const std::string& more = {}) {
  Sandbox box;
  box.write("routines/cards/02_size.yaml", size(next, more));
  return box.finds(kSizeFile, line, column, words);
}

const std::string kToThreeAndFour = "  - {when: size == Large, go: 3}\n  - go: 4\n";

Known tools() {
  Known known;
  known.tools = {{"lookup", {"postcode", "number"}, {"postcode", "number"}, "", false},
                 {"pay", {"amount"}, {"amount"}, "amount", true},
                 {"email", {"email", "kind"}, {"email"}, "email", false}};
  return known;
}

bool finds_tool(const std::string& collects, const std::string& calls, int line, int column,
                const std::string& words) {
  Sandbox box;
  box.write(
      "routines/cards/01_reader.yaml",
      "number: 1\nname: reader\ntitle: T\nask: A?\nnext: [{go: 2}]\ncollects:\n  reader_name: " +
          collects + "\n" + calls);
  return box.finds("01_reader.yaml", line, column, words, tools());
}

}  // namespace

TEST_CASE("GraphTest.WhatAFieldSetsBesideItsAnswerCanBeReadAfterIt") {
  Sandbox box;
  box.write(
      "routines/cards/01_reader.yaml",
      "number: 1\nname: reader\ntitle: T\nask: A?\nnext: [{go: 2}]\ncollects:\n"
      "  reader_name:\n    type: text\n    set: {asked_at: \"{now}\", by: \"{club.name}\"}\n");
  box.write("routines/cards/04_done.yaml",
            "number: 4\nname: done\ntitle: Done\nkind: end\nask: \"{asked_at} {by}\"\n");

  const auto application = box.load();

  CHECK(box.findings.empty());
  CHECK(application.flows.at("cards").field("reader_name")->set.size() == 2);
}

namespace {

// A flow whose routine 3 takes corrections; `corrected` is what follows a change of the size.
void write_corrections(const Sandbox& box, const std::string& corrected) {
  box.write("routines/cards/02_size.yaml",
            "number: 2\nname: size\ntitle: Size\ncollects:\n  size:\n    type: choice\n"
            "    values: {Small: [little], Large: [big]}\n    label: size\n    corrected:\n" +
                corrected +
                "ask: \"Which size, {reader_name}?\"\nnext:\n  - {when: size == Large, go: 3}\n"
                "  - go: 4\n");
  box.write("routines/cards/03_reason.yaml",
            "number: 3\nname: reason\ntitle: Reason\ncollects:\n  reason: {type: correction}\n"
            "ask: Why?\nnext:\n  - {when: correction_label is set, go: 3}\n  - go: 4\n");
}

}  // namespace

TEST_CASE("GraphTest.ACorrectedRuleIsAnEdgeFromWhereCorrectionsAreTaken") {
  Sandbox box;
  write_corrections(box,
                    "      - {when: size == Small, go: 2, carry: true}\n"
                    "      - {set: {note: \"{size}\"}, clear: [reader_name]}\n");

  const auto application = box.load();

  CHECK(box.findings.empty());
  const auto all = edges(application.flows.at("cards"));
  CHECK(std::find(all.begin(), all.end(),
                  GraphEdge{3, 2, "size is corrected", EdgeKind::kCorrection}) != all.end());
  const auto& rules = application.flows.at("cards").field("size")->corrected;
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].carry);
  CHECK(rules[1].go == 0);
}

TEST_CASE("GraphTest.CorrectedRulesAreCheckedLikeTheOthers") {
  Sandbox box;
  const auto finds_size = [&](const std::string& corrected, int column, const std::string& words) {
    write_corrections(box, corrected);
    return box.finds("02_size.yaml", 10, column, words);
  };

  CHECK(finds_size("      - {go: 9}\n", 9, "routine 9 does not exist"));
  CHECK(finds_size("      - {clear: [colour]}\n", 9, "nothing sets \"colour\""));
  CHECK(finds_size("      - {set: {note: \"{colour}\"}}\n", 9, "nothing sets \"colour\""));
  CHECK(finds_size("      - {when: size == Huge, go: 2}\n", 16, "can never hold"));
  CHECK(finds_size("      - {gox: 2}\n", 10, "unknown key \"gox\""));
  write_corrections(box, "      - {go: 2}\n      - {go: 4}\n");
  CHECK(box.finds("02_size.yaml", 11, 9, "never looked at"));
}

TEST_CASE("GraphTest.LateCorrectionsAreEdgesAndTheirRoutinesAreChecked") {
  Sandbox box;
  write_corrections(box, "      - {go: 2}\n");
  const auto finds_flow = [&](const std::string& corrections, const std::string& words) {
    box.write("routines/cards/flow.yaml", "given: [age_group]\ncorrections: " + corrections + "\n");
    return box.finds("flow.yaml", 2, 14, words);
  };

  box.write("routines/cards/flow.yaml", "given: [age_group]\ncorrections: {go: 3, from: [4]}\n");
  const auto all = edges(box.load().flows.at("cards"));
  CHECK(box.findings.empty());
  CHECK(std::find(all.begin(), all.end(),
                  GraphEdge{4, 3, "a detail is corrected", EdgeKind::kCorrection}) != all.end());

  CHECK(finds_flow("{go: 2, from: [4]}", "routine 2 takes no corrections"));
  CHECK(finds_flow("{go: 3, from: [9]}", "routine 9 takes no answers"));
  CHECK(finds_flow("{go: 3}", "need \"go\", and \"from\" or \"back\""));
}

TEST_CASE("GraphTest.AFieldThatCannotBeCorrectedHasNoCorrectedRules") {
  Sandbox box;
  box.write("routines/cards/01_reader.yaml",
            "number: 1\nname: reader\ntitle: T\nask: A?\nnext: [{go: 2}]\ncollects:\n"
            "  reader_name:\n    type: text\n    corrected: {clear: [reader_name]}\n");

  CHECK(box.finds("01_reader.yaml", 9, 16, "cannot be corrected"));
}

TEST_CASE("GraphTest.EdgesNameTheirReason") {
  Sandbox box;
  box.write("routines/cards/02_size.yaml",
            size("  - {when: size == Large, go: 3}\n  - {when: size == Small, go: 2}\n  - go: 4\n",
                 "calls:\n  - {tool: lookup, on_failure: {go: 3}}\n  - {tool: lookup, on_failure: "
                 "{go: 0}}\n"
                 "repair: {attempts: 2, then: 4}\n"));
  const auto application = box.load();
  REQUIRE(box.findings.empty());

  const std::vector<GraphEdge> expected = {
      {1, 2, "always"},        {2, 3, "on failure of lookup", EdgeKind::kFailure},
      {2, 3, "size == Large"}, {2, 2, "size == Small"},
      {2, 4, "otherwise"},     {2, 4, "after 2 refusals", EdgeKind::kRepair},
      {3, 4, "always"}};
  CHECK(edges(application.flows.at("cards")) == expected);
}

TEST_CASE("GraphTest.AMissingTargetIsNamed") {
  CHECK(finds("  - {when: size == Large, go: 3}\n  - go: 5\n", 11, 5, "routine 5 does not exist"));
  CHECK(finds(kToThreeAndFour, 12, 44, "routine 9 does not exist",
              "calls: [{tool: lookup, on_failure: {go: 9}}]\n") == false);
  CHECK(finds(kToThreeAndFour, 12, 36, "routine 9 does not exist",
              "calls: [{tool: lookup, on_failure: {go: 9}}]\n"));
  CHECK(finds(kToThreeAndFour, 1, 1, "routine 9 does not exist", "repair: {then: 9}\n"));
}

TEST_CASE("GraphTest.AnUnreachableRoutineIsNamed") {
  Sandbox box;
  box.write("routines/cards/02_size.yaml", size("  - go: 4\n"));

  CHECK(box.finds("03_reason.yaml", 1, 1, "routine 3 is never reached"));
}

TEST_CASE("GraphTest.ADeadEndIsNamed") {
  Sandbox box;
  box.write("routines/cards/03_reason.yaml",
            "number: 3\nname: reason\ntitle: T\ncollects: {reason: {type: text}}\nask: W?\nnext: "
            "[{go: 3}]\n");
  CHECK(box.finds("03_reason.yaml", 1, 1, "dead end: no way leads from routine 3 to an end"));
  box.write("routines/cards/03_reason.yaml",
            "number: 3\nname: reason\ntitle: T\ncollects: {reason: {type: text}}\nask: W?\n");
  CHECK(box.finds("03_reason.yaml", 1, 1, "the routine has no \"next\""));
  CHECK(finds("  - {when: size == Large, go: 3}\n  - {when: size == Small, go: 4}\n", 11, 5,
              "when no rule holds"));
}

TEST_CASE("GraphTest.AFlowWithoutAnEndIsNamed") {
  Sandbox box;
  box.write(
      "routines/cards/04_done.yaml",
      "number: 4\nname: done\ntitle: D\ncollects: {x: {type: text}}\nask: W?\nnext: [{go: 1}]\n");

  CHECK(box.finds("01_reader.yaml", 1, 1, "the flow has no end"));
}

TEST_CASE("GraphTest.ARouteThatNeverAsksIsNamed") {
  Sandbox box;
  box.write("routines/cards/03_reason.yaml",
            "number: 3\nname: reason\ntitle: T\nkind: route\nnext: [{when: size == Large, go: 5}, "
            "{go: 4}]\n");
  box.write("routines/cards/05_back.yaml",
            "number: 5\nname: back\ntitle: T\nkind: route\nnext: [{go: 3}]\n");

  CHECK(box.finds("05_back.yaml", 1, 1, "leads back to itself without asking"));
  CHECK(box.finds("03_reason.yaml", 1, 1, "leads back to itself without asking"));
}

TEST_CASE("GraphTest.ARuleBehindOneWithoutWhenIsNamed") {
  CHECK(finds("  - go: 3\n  - {when: size == Large, go: 4}\n  - go: 4\n", 11, 5,
              "this rule is never looked at"));
}

TEST_CASE("GraphTest.AConditionThatCannotHoldIsNamed") {
  const auto when = [](const std::string& condition, int column, const std::string& words) {
    return finds("  - {when: " + condition + ", go: 3}\n  - go: 4\n", 10, column, words);
  };
  CHECK(when("size == Lrge", 12, "size cannot be Lrge, only: Large, Small | did you mean Large?"));
  CHECK(when("size >= 3", 12, "this can never hold"));
  CHECK(when("{not: size == Tiny}", 18, "size cannot be Tiny"));
  CHECK(when("{all: [size == Large, size == Small]}", 12, "exclude each other"));
  CHECK(when("{all: [size == Large, {not: size == Large}]}", 12, "exclude each other"));
  CHECK(when("{all: [size is unset, size == Large]}", 12, "cannot be unset and have a value"));
  CHECK(when("{all: [age_group.number > 9, age_group.number < 9]}", 12, "exclude each other"));
  CHECK(
      when("{all: [age_group.number >= 9, {not: age_group.number >= 9}, age_group is set, "
           "age_group.number is set]}",
           12, "exclude each other"));
  CHECK(when("age_group >= 16", 12, "is never a number, 16 is one | read a number out of it"));
  CHECK(when("age_group.number >= ten", 12, "\"ten\" is not"));
  CHECK(when("reader_name > abc", 12, "has no order"));
}

TEST_CASE("GraphTest.AConditionThatMayHoldIsLeftAlone") {
  for (const auto* condition :
       {"size != Large", "{all: [age_group.number >= 9, age_group.number <= 9]}", "size is unset",
        "{any: [size == Large, age_group == open]}", "{all: [size == Large, reader_name is set]}",
        "{not: {all: [size == Large, reader_name is set]}}"}) {
    Sandbox box;
    box.write("routines/cards/02_size.yaml",
              size(std::string("  - {when: ") + condition + ", go: 3}\n  - go: 4\n"));
    box.load();
    INFO(condition);
    CHECK(box.findings.empty());
  }
}

TEST_CASE("GraphTest.NumbersOutsideAnIntegersRangeCannotHold") {
  Sandbox box;
  const auto text = [](const std::string& when) {
    return "number: 1\nname: reader\ntitle: T\nask: A?\ncollects:\n"
           "  reader_name: {type: integer, min: 1, max: 31, words: {-1: [last]}}\n"
           "next: [{when: reader_name " +
           when + ", go: 2}, {go: 2}]\n";
  };
  box.write("routines/cards/01_reader.yaml", text("> 31"));
  CHECK(box.finds("01_reader.yaml", 7, 15, "reader_name is never in that range"));
  box.write("routines/cards/01_reader.yaml", text("== -2"));
  CHECK(box.finds("01_reader.yaml", 7, 15, "reader_name is never in that range"));
  box.write("routines/cards/01_reader.yaml", text("== first"));
  CHECK(box.finds("01_reader.yaml", 7, 15, "reader_name is a number"));
  box.write("routines/cards/01_reader.yaml", text("== -1"));
  box.load();
  CHECK(box.findings.empty());
}

TEST_CASE("GraphTest.AFieldReadBeforeItCanBeSetIsNamed") {
  Sandbox box;
  box.write("routines/cards/01_reader.yaml",
            "number: 1\nname: reader\ntitle: T\ncollects: {reader_name: {type: text}}\n"
            "ask: \"{size.upper} and {sise}?\"\nnext: [{when: reason is set, go: 2}, {go: 2}]\n");

  CHECK(box.finds("01_reader.yaml", 5, 6,
                  "field size is read before it can be set | it is set in routine 2 size"));
  CHECK(box.finds("01_reader.yaml", 5, 6, "nothing sets \"sise\" | did you mean size?"));
  CHECK(box.finds("01_reader.yaml", 6, 15, "field reason is read before it can be set"));
}

TEST_CASE("GraphTest.AFieldSetOnOneOfTwoWaysMayBeRead") {
  Sandbox box;
  box.write("routines/cards/04_done.yaml",
            "number: 4\nname: done\ntitle: D\nkind: end\nask: \"Bye {reader_name}, {reason}, "
            "{club.name}.\"\n");

  box.load();

  CHECK(box.findings.empty());
}

TEST_CASE("GraphTest.AFieldClearedOnEveryWayCannotBeRead") {
  Sandbox box;
  box.write("routines/cards/01_reader.yaml",
            "number: 1\nname: reader\ntitle: T\ncollects: {reader_name: {type: text}}\nask: A?\n"
            "next: [{go: 2, clear: [reader_name, nobody]}]\n");

  CHECK(box.finds(kSizeFile, 8, 6, "field reader_name is read before it can be set"));
  CHECK(box.finds("01_reader.yaml", 6, 8, "nothing sets \"nobody\", so it cannot be cleared"));
}

TEST_CASE("GraphTest.ASaveOrASetCountsAsSet") {
  Sandbox box;
  box.write(
      "routines/cards/01_reader.yaml",
      "number: 1\nname: reader\ntitle: T\ncollects: {reader_name: {check: t, save: {x: saved}}}\n"
      "ask: A?\ncalls: [{tool: t, args: {a: \"{saved}\"}, save: {y: called}}]\n"
      "next: [{go: 2, set: {put: \"{called}\"}, say: \"{called}\"}]\n");
  box.write("routines/cards/04_done.yaml",
            "number: 4\nname: done\ntitle: D\nkind: end\nask: \"{saved} {called} {put}\"\n");

  box.load();

  for (const auto& finding : box.findings) UNSCOPED_INFO(finding.text());
  CHECK(box.findings.empty());
}

TEST_CASE("GraphTest.AFailureEdgeDoesNotCarryWhatTheCallWouldHaveSaved") {
  Sandbox box;
  box.write("routines/cards/01_reader.yaml",
            "number: 1\nname: reader\ntitle: T\ncollects: {reader_name: {type: text}}\nask: A?\n"
            "calls: [{tool: t, save: {y: called}, on_failure: {go: 2, say: \"{called}\"}}]\n"
            "next: [{go: 2}]\n");

  CHECK(box.finds("01_reader.yaml", 6, 50, "field called is read before it can be set"));
}

TEST_CASE("GraphTest.ToolsAndTheirArgumentsAreChecked") {
  CHECK(finds_tool("{check: emial}", "", 7, 3, "unknown tool \"emial\" | did you mean email?"));
  CHECK(finds_tool("{check: pay}", "", 7, 3, "tool pay has effects, so it cannot be a check"));
  CHECK(finds_tool("{check: lookup}", "", 7, 3, "tool lookup cannot check an answer"));
  CHECK(finds_tool("{check: email, with: {knd: x}}", "", 7, 3,
                   "no argument \"knd\" | did you mean kind?"));
  CHECK(finds_tool("{type: text}", "calls: [{tool: lokup}]\n", 8, 9, "did you mean lookup?"));
  CHECK(finds_tool("{type: text}", "calls: [{tool: lookup, args: {postcode: x}}]\n", 8, 9,
                   "tool lookup needs the argument \"number\""));
}

TEST_CASE("GraphTest.ARightUseOfToolsIsLeftAlone") {
  Sandbox box;
  box.write("routines/cards/01_reader.yaml",
            "number: 1\nname: reader\ntitle: T\nask: A?\nnext: [{go: 2}]\n"
            "collects: {reader_name: {check: email, with: {kind: any}}}\n"
            "calls: [{tool: pay, args: {amount: 5}}]\n");

  box.load(tools());

  CHECK(box.findings.empty());
}

TEST_CASE("GraphTest.PicturesNameEveryRoutineAndEscapeText") {
  Sandbox box;
  box.write("routines/cards/04_done.yaml",
            "number: 4\nname: done\ntitle: \"The \\\"end\\\" <b>\"\nkind: end\nask: Bye.\n");
  const auto application = box.load();
  const auto& flow = application.flows.at("cards");

  const auto dot = to_dot(flow);
  const auto mermaid = to_mermaid(flow);

  CHECK(dot.find("r1 -> r2;") != std::string::npos);
  CHECK(dot.find("r2 -> r3 [label=\"size == Large\"];") != std::string::npos);
  CHECK(dot.find("label=\"4 The \\\"end\\\" <b>\"") != std::string::npos);
  CHECK(mermaid.find("r2 -->|\"size == Large\"| r3") != std::string::npos);
  CHECK(mermaid.find("4 The #quot;end#quot; #lt;b#gt;") != std::string::npos);
}

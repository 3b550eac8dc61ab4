// The call face, driven by a tool that breaks its rules on demand (moody_tool.c).
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "abi_support.hpp"
#include "support/fake_clock.hpp"

namespace dugout::test {
namespace {

constexpr std::string_view kContext =
    R"({"idempotency_key":"k","session":"s","turn":"t","deadline_ms":20000})";
// The host's wait for a tool is a real one; 30 ms is enough for a call that will not be answered.
constexpr std::string_view kShort =
    R"({"idempotency_key":"k","session":"s","turn":"t","deadline_ms":30})";

struct Moody {
  Moody() {
    host::install_services({.clock = &clock});
    const auto before = mapped_names("tool.abi_moody");
    core::Findings findings;
    generation = host::load({.folders = {abi_folder("good")}, .configs = {}}, findings);
    INFO(all_text(findings));
    tool = generation->tool("abi_moody");
    REQUIRE(tool);
    // Calls of an earlier test may still hold a library of theirs, so this one's is told by its
    // name.
    for (const auto& name : mapped_names("tool.abi_moody")) {
      if (before.count(name) == 0) library = name;
    }
  }
  ~Moody() {
    tool.reset();
    generation.reset();
    host::install_services({});
  }

  Outcome<std::string> run(const std::string& mode, std::string_view context = kContext) const {
    return tool->run(R"({"mode":")" + mode + R"("})", context);
  }

  bool library_is_mapped() const { return mapped_names("tool.abi_moody").count(library) > 0; }

  FakeClock clock;
  std::string library;
  std::shared_ptr<const host::Generation> generation;
  std::shared_ptr<const host::ToolHandle> tool;
};

}  // namespace

TEST_CASE("ToolCallTest.DeclarationIsRead") {
  const Moody moody;

  const auto& declaration = moody.tool->declaration();

  CHECK(declaration.name == "abi_moody");
  CHECK(declaration.check_argument == "mode");
  CHECK(declaration.timeout_ms == 20'000);
  CHECK(declaration.effects == host::Effects::kNone);
  CHECK(moody.generation->tool_names() == std::vector<std::string>{"abi_moody"});
}

TEST_CASE("ToolCallTest.AnswerInsideStartIsReturned") {
  const Moody moody;

  const auto outcome = moody.run("answer");

  REQUIRE(outcome);
  CHECK(*outcome == R"({"ok":true,"data":{}})");
}

TEST_CASE("ToolCallTest.AnswerFromThePluginsThreadIsReturned") {
  const Moody moody;

  const auto outcome = moody.run("thread");

  REQUIRE(outcome);
  CHECK_THAT(*outcome, Catch::Contains("own thread"));
}

TEST_CASE("ToolCallTest.SecondCompletionIsDropped") {
  const Moody moody;

  const auto outcome = moody.run("twice");

  REQUIRE(outcome);
  CHECK_THAT(*outcome, Catch::Contains("first"));
  CHECK(moody.run("answer"));
}

TEST_CASE("ToolCallTest.WrongArgumentsAreRefusedWithTheirPointers") {
  const Moody moody;

  const auto outcome = moody.tool->run(R"({"mode":5,"colour":"red"})", kContext);

  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Code::kWrongShape);
  CHECK_THAT(outcome.error().message, Catch::Contains("/mode"));
  const auto detail = nlohmann::json::parse(outcome.error().detail);
  CHECK(detail["errors"].size() == 2);
  CHECK(moody.tool->run("{oops", kContext).error().code == Code::kMalformed);
}

TEST_CASE("ToolCallTest.UnansweredCallEndsAtItsDeadlineAndLateAnswerIsDropped") {
  const Moody moody;

  const auto outcome = moody.run("keep", kShort);

  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Code::kTimeout);
  CHECK(moody.run("release"));  // completes the call that nobody waits for, from another thread
  CHECK(moody.run("answer"));
}

TEST_CASE("ToolCallTest.StartThatNeverComesBackIsCancelled") {
  auto moody = std::make_unique<Moody>();

  const auto outcome = moody->run("block", kShort);

  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == Code::kTimeout);
  CHECK(moody->run("answer"));
}

TEST_CASE("ToolCallTest.OpenCallKeepsItsLibraryUntilItIsCompleted") {
  Moody moody;
  REQUIRE_FALSE(moody.run("keep", kShort));

  moody.tool.reset();
  moody.generation.reset();

  CHECK(moody.library_is_mapped());  // for ever: nothing completes that call
}

TEST_CASE("ToolCallTest.LateCompletionLetsTheLibraryGo") {
  Moody moody;
  REQUIRE_FALSE(moody.run("keep", kShort));
  REQUIRE(moody.run("release"));

  moody.tool.reset();
  moody.generation.reset();
  // The completion comes from the plugin's thread, whenever that runs; the next work of the host
  // then lets the lease go.
  core::Findings findings;
  for (int tries = 0; tries < 1000 && moody.library_is_mapped(); ++tries) {
    host::load({}, findings);
    std::this_thread::yield();
  }

  CHECK_FALSE(moody.library_is_mapped());
}

TEST_CASE("ToolCallTest.ResultsOfTheWrongShapeAreInternal") {
  for (const char* mode : {"no_json", "no_ok", "no_code", "huge", "unknown_status"}) {
    const Moody moody;
    const auto outcome = moody.run(mode);
    INFO(mode);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == Code::kInternal);
  }
}

TEST_CASE("ToolCallTest.FailureCarriesMessageAndDetail") {
  const Moody moody;

  const auto away = moody.run("away");
  const auto rubbish = moody.run("rubbish");

  REQUIRE_FALSE(away);
  CHECK(away.error().code == Code::kUnavailable);
  CHECK(away.error().message == "the service is away");
  CHECK(away.error().detail == R"({"retry_after_ms":1500})");
  REQUIRE_FALSE(rubbish);
  CHECK(rubbish.error().code == Code::kConflict);
  CHECK(rubbish.error().message == "tool.abi_moody gave no reason (status 11)");
}

TEST_CASE("ToolCallTest.ReconcileGivesTheStoredResultOrNotFound") {
  const Moody moody;

  const auto known = moody.tool->reconcile("{}", R"({"idempotency_key":"known"})");
  const auto strange = moody.tool->reconcile("{}", R"({"idempotency_key":"new"})");

  REQUIRE(known);
  CHECK_THAT(*known, Catch::Contains("stored"));
  REQUIRE_FALSE(strange);
  CHECK(strange.error().code == Code::kNotFound);
}

TEST_CASE("ToolCallTest.ThreeDefectsInAMinuteCloseTheInstanceForAMinute") {
  Moody moody;
  for (int defect = 0; defect < 3; ++defect) CHECK_FALSE(moody.run("no_ok"));

  const auto closed = moody.run("answer");
  moody.clock.advance(std::chrono::seconds(59));
  const auto still = moody.run("answer");
  moody.clock.advance(std::chrono::seconds(2));
  const auto open = moody.run("answer");

  REQUIRE_FALSE(closed);
  CHECK(closed.error().code == Code::kUnavailable);
  CHECK_THAT(closed.error().message, Catch::Contains("quarantined"));
  CHECK_FALSE(still);
  CHECK(open);
}

TEST_CASE("ToolCallTest.ManyCallsAtOnceGetTheirOwnAnswers") {
  const Moody moody;
  std::vector<std::future<bool>> calls;

  for (int call = 0; call < 8; ++call) {
    calls.push_back(std::async(std::launch::async, [&] {
      bool all = true;
      for (int round = 0; round < 20; ++round) {
        const auto outcome = moody.run(round % 2 == 0 ? "answer" : "twice");
        all =
            all && outcome &&
            outcome->find("first") == (round % 2 == 0 ? std::string::npos : outcome->find("first"));
      }
      return all;
    }));
  }

  for (auto& call : calls) CHECK(call.get());
}

}  // namespace dugout::test

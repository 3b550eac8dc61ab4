// The journal round tools with effects: once, whatever happens in between.
#include "orchestrator/tool_runner.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <functional>

#include "core/random.hpp"
#include "store/sqlite_store.hpp"
#include "support/fake_clock.hpp"
#include "support/no_plugins.hpp"

namespace {

using namespace dugout;
using nlohmann::json;
using Answer = std::function<Outcome<std::string>()>;

struct Script {
  host::Effects effects = host::Effects::kOnce;
  Answer run = [] {
    return Outcome<std::string>(std::string(R"({"ok":true,"data":{"id":"BRQ1"}})"));
  };
  Answer reconcile = [] {
    return Outcome<std::string>(Error{Code::kNotFound, "it did not happen"});
  };
  int runs = 0, reconciles = 0;
  std::string context;
};

class ScriptedTool final : public host::ToolHandle {
 public:
  explicit ScriptedTool(Script& script) : script_(script) { declaration_.effects = script.effects; }
  std::string_view id() const override { return "tool.pay"; }
  const host::ToolDeclaration& declaration() const override { return declaration_; }
  Outcome<std::string> run(std::string_view, std::string_view context) const override {
    ++script_.runs;
    script_.context = context;
    return script_.run();
  }
  Outcome<std::string> reconcile(std::string_view, std::string_view) const override {
    ++script_.reconciles;
    return script_.reconcile();
  }

 private:
  Script& script_;
  host::ToolDeclaration declaration_;
};

class OneTool final : public test::NoPlugins {
 public:
  explicit OneTool(Script& script) : script_(script) {}
  std::shared_ptr<const host::ToolHandle> tool(std::string_view name) const override {
    if (name != "pay") return nullptr;
    return std::make_shared<ScriptedTool>(script_);
  }
  std::vector<std::string> tool_names() const override { return {"pay"}; }

 private:
  Script& script_;
};

class Bench {
 public:
  Bench() : log_(clock_, {}, [](std::string_view) {}), tools_(script) {
    auto opened = store::open_sqlite_store(folder_ + "/dugout.db", clock_);
    REQUIRE(opened);
    store_ = std::move(*opened);
  }
  ~Bench() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  orchestrator::ToolRun run(const std::string& turn, int day = 15,
                            const std::string& tool = "pay") {
    orchestrator::ToolRunner runner(tools_, *store_, log_, clock_,
                                    {"ses", turn, clock_.now() + std::chrono::seconds(9)});
    return runner.run(tool, json{{"day", day}}, 29);
  }
  // What the next process makes of the one effect without a known end.
  orchestrator::Settled settle_open(bool close = false) {
    orchestrator::ToolRunner runner(tools_, *store_, log_, clock_,
                                    {"ses", "t1", clock_.now() + std::chrono::seconds(9)});
    const auto open = *store_->open_intents("t1");
    REQUIRE(open.size() == 1);
    const auto settled = runner.settle_open(open[0]);
    if (close) REQUIRE(runner.close_as_not_run(open[0]));
    return settled;
  }
  std::size_t open() { return store_->open_intents("t1")->size(); }

  Script script;

 private:
  std::string folder_ =
      (std::filesystem::temp_directory_path() / core::new_id("dugout_runner_")).string();
  test::FakeClock clock_;
  observability::Log log_;
  OneTool tools_;
  std::unique_ptr<store::Store> store_;
};

Answer failure(Code code) {
  return [code] { return Outcome<std::string>(Error{code, "it went wrong"}); };
}

const Answer kRefusedAnswer = [] {
  return Outcome<std::string>(
      std::string(R"({"ok":false,"error":{"code":"declined","message":"no"}})"));
};

}  // namespace

TEST_CASE("ToolRunnerTest.AnEffectHappensOnceInASessionWhateverTheTurn") {
  Bench bench;

  CHECK(bench.run("t1").data["id"] == "BRQ1");
  CHECK(bench.run("t1").ok);
  CHECK(bench.run("t2").data["id"] == "BRQ1");
  CHECK(bench.script.runs == 1);

  CHECK(bench.run("t3", 16).ok);  // other arguments are another effect
  CHECK(bench.script.runs == 2);
}

TEST_CASE("ToolRunnerTest.ADefiniteFailureIsTriedAgainByALaterTurnOnly") {
  Bench bench;
  bench.script.run = kRefusedAnswer;
  CHECK(bench.run("t1").code == "declined");
  CHECK(bench.run("t1").code == "declined");
  CHECK(bench.script.runs == 1);

  bench.script.run = Script{}.run;
  CHECK(bench.run("t2").ok);
  CHECK(bench.run("t3").ok);  // the success of the second try is remembered
  CHECK(bench.script.runs == 2);
}

TEST_CASE("ToolRunnerTest.AnUnknownOutcomeIsSettledByReconcileNeverRunBlindly") {
  for (const auto code : {Code::kTimeout, Code::kInternal, Code::kUpstream}) {
    Bench bench;
    bench.script.run = failure(code);
    CHECK(bench.run("t1").code == orchestrator::kUnknownOutcome);

    bench.script.reconcile = Script{}.run;  // it did happen
    CHECK(bench.run("t2").data["id"] == "BRQ1");
    CHECK(bench.script.runs == 1);
    CHECK(bench.script.reconciles == 1);
  }
}

TEST_CASE("ToolRunnerTest.WhatDidNotHappenMayRunAndWhatCannotBeToldIsReported") {
  Bench bench;
  bench.script.run = failure(Code::kTimeout);
  CHECK(bench.run("t1").code == orchestrator::kUnknownOutcome);

  bench.script.reconcile = failure(Code::kNotApplicable);
  CHECK(bench.run("t2").code == orchestrator::kUnknownOutcome);
  CHECK(bench.script.runs == 1);

  bench.script.reconcile = failure(Code::kNotFound);
  bench.script.run = Script{}.run;
  CHECK(bench.run("t3").ok);
  CHECK(bench.script.runs == 2);
}

TEST_CASE("ToolRunnerTest.AnIdempotentToolMayRunAgainWhenItsOutcomeIsUnknown") {
  Bench bench;
  bench.script.effects = host::Effects::kIdempotent;
  bench.script.run = failure(Code::kTimeout);
  CHECK_FALSE(bench.run("t1").ok);

  bench.script.run = Script{}.run;
  CHECK(bench.run("t2").ok);
}

TEST_CASE("ToolRunnerTest.AToolIsToldWhatIsLeftOfTheTurn") {
  Bench bench;
  bench.run("t1");

  const auto context = json::parse(bench.script.context);
  CHECK(context["deadline_ms"] == 9000);
  CHECK(context["session"] == "ses");
  CHECK(context["idempotency_key"].get<std::string>().size() == 16);
}

TEST_CASE("ToolRunnerTest.AnUnknownToolIsAnAnswerNotACrash") {
  Bench bench;

  const auto run = bench.run("t1", 15, "nosuch");

  CHECK(run.code == "unknown_tool");
  CHECK(run.broken());
  CHECK(bench.script.runs == 0);
}

TEST_CASE("ToolRunnerTest.AfterACrashTheToolIsAskedWhatBecameOfItAndNothingRuns") {
  Bench bench;
  bench.script.run = failure(Code::kTimeout);
  CHECK(bench.run("t1").code == orchestrator::kUnknownOutcome);
  const auto told = json::parse(bench.script.context)["idempotency_key"];

  bench.script.reconcile = failure(Code::kTimeout);
  CHECK(bench.settle_open() == orchestrator::Settled::kUnknown);
  bench.script.reconcile = failure(Code::kNotFound);
  CHECK(bench.settle_open() == orchestrator::Settled::kNotRun);
  CHECK(bench.open() == 1);
  bench.script.reconcile = [] {
    return Outcome<std::string>(std::string(R"({"ok":true,"data":{"id":"BRQ7"}})"));
  };
  CHECK(bench.settle_open() == orchestrator::Settled::kKnown);

  CHECK(bench.open() == 0);
  CHECK(bench.script.runs == 1);
  CHECK(bench.run("t1").data["id"] == "BRQ7");
  CHECK(bench.script.runs == 1);
  CHECK(told.is_string());
}

TEST_CASE("ToolRunnerTest.WhatWasClosedAsNotRunIsRunByALaterTurnUnderTheSameKey") {
  Bench bench;
  bench.script.run = failure(Code::kTimeout);
  CHECK(bench.run("t1").code == orchestrator::kUnknownOutcome);
  const auto told = json::parse(bench.script.context)["idempotency_key"];
  CHECK(bench.settle_open(true) == orchestrator::Settled::kNotRun);
  bench.script.run = [] {
    return Outcome<std::string>(std::string(R"({"ok":true,"data":{"id":"BRQ2"}})"));
  };

  CHECK(bench.run("t2").data["id"] == "BRQ2");

  CHECK(json::parse(bench.script.context)["idempotency_key"] == told);
  CHECK(bench.script.runs == 2);
}

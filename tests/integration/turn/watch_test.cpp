// What is seen of a turn from outside: its report, its spans, its progress, the trace it carries
// on.
#include <algorithm>
#include <catch2/catch.hpp>

#include "product.hpp"

namespace {

using namespace dugout::test;
using dugout::observability::Stage;
using dugout::observability::TurnReport;

class Reports final : public dugout::observability::TurnWatcher {
 public:
  void turn_ended(const TurnReport& report) noexcept override { all.push_back(report); }
  std::vector<TurnReport> all;
};

struct Watched {
  Watched() : telemetry({true, false}), model([](const nlohmann::json&) { return 2; }) {
    telemetry.add(reports);
    ProductOptions options;
    options.base_url = model.base_url();
    options.telemetry = &telemetry;
    product = std::make_unique<Product>(options);
    REQUIRE(product->say("200-lions-u9-2526"));
    before = static_cast<std::size_t>(model.count());
  }
  const TurnReport& last() const { return reports.all.back(); }

  dugout::observability::Telemetry telemetry;
  Reports reports;
  ResponsesDouble model;
  std::unique_ptr<Product> product;
  std::size_t before = 0;
};

std::vector<Stage> stages(const TurnReport& report) {
  std::vector<Stage> out;
  for (const auto& span : report.spans) out.push_back(span.stage);
  return out;
}

const dugout::observability::Span& parent_of(const TurnReport& report,
                                             const dugout::observability::Span& span) {
  const auto found = std::find_if(report.spans.begin(), report.spans.end(),
                                  [&](const auto& other) { return other.id == span.parent; });
  REQUIRE(found != report.spans.end());
  return *found;
}

}  // namespace

TEST_CASE("WatchTest.ATurnThatFailedOnceShowsItsAttemptsAndTheWaitBetween") {
  Watched watched;
  watched.model.fail_next(Fault::kServerError500);

  REQUIRE(watched.product->say("Jane Example"));

  const auto& report = watched.last();
  CHECK(report.outcome == "ok");
  CHECK(report.routine == 1);
  CHECK(report.next_routine == 2);
  CHECK(report.target == "openai_responses/gpt-4.1");
  REQUIRE(report.attempts.size() == 2);
  CHECK(report.attempts[0].outcome == "server");
  CHECK(report.attempts[1].outcome == "ok");
  CHECK(report.attempts[1].waited == std::chrono::seconds(1));
  const auto seen = stages(report);
  const std::vector<Stage> wanted{Stage::kTurn,    Stage::kCall,  Stage::kAttempt, Stage::kWait,
                                  Stage::kAttempt, Stage::kParse, Stage::kValidate};
  REQUIRE(seen.size() > wanted.size());
  CHECK(std::equal(wanted.begin(), wanted.end(), seen.begin()));
  CHECK(seen.back() == Stage::kCommit);
  CHECK(report.spans[2].error == "server");
  CHECK(report.took - report.own >= std::chrono::seconds(1));
}

TEST_CASE("WatchTest.EverySpanLiesWithinItsParent") {
  Watched watched;
  watched.model.fail_next(Fault::kRateLimit, 2);

  REQUIRE(watched.product->say("Jane Example"));

  const auto& report = watched.last();
  CHECK(report.spans[0].stage == Stage::kTurn);
  for (std::size_t at = 1; at < report.spans.size(); ++at) {
    const auto& span = report.spans[at];
    const auto& parent = parent_of(report, span);
    INFO(span.name << " in " << parent.name);
    CHECK(span.begun >= parent.begun);
    CHECK(span.begun + span.took <= parent.begun + parent.took);
  }
}

TEST_CASE("WatchTest.TheCallersTraceReachesTheProvider") {
  Watched watched;
  dugout::orchestrator::ChatRequest request;
  request.session_id = watched.product->session;
  request.user_message = "Jane Example";
  request.trace = {"4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", true};

  REQUIRE(watched.product->chat(request));

  const auto sent = watched.model.server().requests().at(watched.before);
  const auto out = dugout::observability::read_traceparent(sent.headers.at("traceparent"));
  REQUIRE(out);
  CHECK(out->trace_id == request.trace->trace_id);
  const auto& report = watched.last();
  CHECK(report.spans[0].parent == request.trace->span_id);
  const auto attempt = std::find_if(report.spans.begin(), report.spans.end(),
                                    [](const auto& span) { return span.stage == Stage::kAttempt; });
  CHECK(out->span_id == attempt->id);
}

TEST_CASE("WatchTest.ProgressIsToldWhileTheTurnWorks") {
  Watched watched;
  watched.model.fail_next(Fault::kServerError500);
  std::vector<std::string> kinds;
  dugout::orchestrator::ChatRequest request;
  request.session_id = watched.product->session;
  request.user_message = "Jane Example";
  request.progress = [&](const dugout::orchestrator::Progress& at) { kinds.push_back(at.kind); };

  REQUIRE(watched.product->chat(request));

  REQUIRE(kinds.size() >= 4);
  kinds.resize(4);
  CHECK(kinds == std::vector<std::string>{"thinking", "waiting", "thinking", "checking"});
}

TEST_CASE("WatchTest.AToolIsSeenWithItsName") {
  Watched watched;
  REQUIRE(watched.product->say("Jane Example"));
  const auto tools = watched.last().tools;
  REQUIRE_FALSE(tools.empty());
  CHECK(tools[0].tool == "person_name_validation");
  CHECK(tools[0].code.empty());
}

TEST_CASE("WatchTest.AnApologyIsNoAnswer") {
  Watched watched;
  watched.model.fail_next(Fault::kServerError500, 1000);
  watched.product->session = "another-session";

  const auto reply = watched.product->say("When is training, please?");

  REQUIRE(reply);  // the universal agent has no understudy
  CHECK(watched.last().outcome == "unavailable");
}

TEST_CASE("WatchTest.AStoreThatFailsAnywhereInATurnIsSaidSo") {
  Watched watched;
  int failed = 0;
  for (int call = 2;; ++call) {  // the first is the acceptance, before which there is no turn
    watched.product->store().fail_call(call);
    const auto reply = watched.product->say("Jane Example");
    if (watched.product->store().failures() == 0) break;  // the turn makes fewer calls than that
    CHECK(watched.last().outcome == (reply ? "ok" : "store"));
    failed += reply ? 0 : 1;
    CHECK(watched.telemetry.running_count() == 0);
  }
  CHECK(failed >= 2);  // load and commit
}

TEST_CASE("WatchTest.NothingOfWhatWasSaidIsInAReport") {
  Watched watched;
  REQUIRE(watched.product->say("Jane Canary"));
  for (const auto& report : watched.reports.all) {
    CHECK(report.session != watched.product->session);
    for (const auto& span : report.spans) {
      CHECK(span.name.find("Canary") == std::string::npos);
      for (const auto& [key, value] : span.attributes) {
        const auto* text = std::get_if<std::string>(&value);
        if (text != nullptr) CHECK(text->find("Canary") == std::string::npos);
      }
    }
  }
}

TEST_CASE("WatchTest.ASessionIsSeenAsAPageNeedsIt") {
  Watched watched;
  REQUIRE(watched.product->say("Jane Example"));
  const auto view = watched.product->view();
  REQUIRE(view);
  CHECK(view->routine_number == 2);
  CHECK_FALSE(view->registered);
  REQUIRE(view->said.size() >= 3);
  CHECK_FALSE(view->said.back().by_user);
  CHECK(view->said[view->said.size() - 2].text == "Jane Example");

  watched.product->session = "session-of-nobody";
  CHECK(watched.product->view().error().code == dugout::Code::kNotFound);
}

// A start after a crash: what was accepted and never answered is answered by the server itself.
#include "orchestrator/takeover.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <thread>

#include "product.hpp"

namespace {

using namespace dugout;
using namespace dugout::test;

std::string request(const std::string& text) {
  return nlohmann::json{{"user_message", text}}.dump();
}

// A process that accepted messages and ended before it answered them.
class Ended {
 public:
  void accepted(const std::string& text, const std::string& message_id) {
    REQUIRE(before_->store().accept(before_->session, message_id, request(text)));
  }
  Product& before() { return *before_; }
  // The next process on the same store.
  std::unique_ptr<Product> next() {
    ProductOptions options;
    options.folder = before_->keep_folder();
    before_.reset();
    return std::make_unique<Product>(options);
  }

 private:
  std::unique_ptr<Product> before_ = std::make_unique<Product>();
};

// As a server does at its start.
orchestrator::TakeoverCounts recover(Product& product) {
  orchestrator::Takeover takeover(product.orchestrator(), product.clock(), product.log());
  takeover.prepare();
  takeover.work();
  return takeover.counts();
}

bool said(const Product& product, const std::string& words) {
  for (const auto& line : product.log_lines()) {
    if (line.find(words) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("TakeoverTest.MessagesWithoutAnAnswerAreAnsweredInOrder") {
  Ended ended;
  ended.accepted("200-lions-u9-2526", "m1");
  ended.accepted("Helen Barlow", "m2");
  const auto product = ended.next();

  const auto counts = recover(*product);

  CHECK(counts.answered == 2);
  CHECK(product->store().unanswered()->empty());
  CHECK(product->say("200-lions-u9-2526", "m1")->routine_number == 1);  // the stored answers
  CHECK(product->say("Helen Barlow", "m2")->routine_number == 2);
  CHECK(product->record("parent_first_name") == "Helen");
  CHECK(said(*product, "turns.recovered"));
  for (const auto& line : product->log_lines()) {
    CHECK(line.find("Helen") == std::string::npos);
  }
}

TEST_CASE("TakeoverTest.ANewMessageOfTheSessionWaitsForTheEarlierOne") {
  Ended ended;
  ended.accepted("200-lions-u9-2526", "m1");
  const auto product = ended.next();
  auto open = *product->orchestrator().take_over(true);
  REQUIRE(open.size() == 1);

  Outcome<orchestrator::ChatReply> reply = Error{};
  std::thread parent([&] { reply = product->say("Helen Barlow", "m2"); });
  const auto resumed = product->orchestrator().resume(open.front());
  parent.join();

  REQUIRE(resumed);
  CHECK(*resumed == orchestrator::Resumed::kAnswered);
  REQUIRE(reply);
  CHECK(reply->routine_number == 2);
}

TEST_CASE("TakeoverTest.ARepeatMeanwhileGetsTheAnswerAndTheTurnIsPassed") {
  Ended ended;
  ended.accepted("200-lions-u9-2526", "m1");
  const auto product = ended.next();

  CHECK(product->say("200-lions-u9-2526", "m1")->routine_number == 1);

  const auto counts = recover(*product);
  CHECK(counts.answered + counts.passed == 0);  // nothing is open any more
}

TEST_CASE("TakeoverTest.ATurnWhoseFileIsGoneWaitsForItsRepeat") {
  Ended ended;
  go_to(ended.before(), 34);
  const nlohmann::json photo{
      {"user_message", ""},
      {"upload", {{"path", ended.before().uploads() + "/upload_gone"}, {"name", "photo"}}}};
  REQUIRE(ended.before().store().accept(ended.before().session, "photo-1", photo.dump()));
  const auto product = ended.next();

  const auto counts = recover(*product);

  CHECK(counts.file_gone == 1);
  CHECK(product->store().unanswered()->size() == 1);
  const auto reply = product->send_photo("jpeg", "photo-1");
  REQUIRE(reply);
  CHECK(reply->routine_number == 35);
}

TEST_CASE("TakeoverTest.AStoreThatFailsAnywhereLosesNoTurn") {
  Ended ended;
  ended.accepted("200-lions-u9-2526", "m1");
  const auto product = ended.next();

  for (int call = 1;; ++call) {
    REQUIRE(call < 50);
    product->store().fail_call(call);
    recover(*product);
    const bool failed = product->store().failures() > 0;
    product->store().heal();
    if (product->store().unanswered()->empty()) break;
    CHECK(failed);
  }
  CHECK(product->say("200-lions-u9-2526", "m1")->routine_number == 1);
}

TEST_CASE("TakeoverTest.AnEffectThatNobodyKnowsTheEndOfIsReportedAndNotRun") {
  Ended ended;
  REQUIRE(ended.before().say("200-lions-u9-2526", "m1"));
  const auto turn = ended.before().say("200-lions-u9-2526", "m1")->turn_id;
  REQUIRE(ended.before().store().intend({"key-1", ended.before().session, turn, "tool.no_more",
                                         "{}", "", store::CallState::kIntended, false}));
  const auto product = ended.next();

  recover(*product);

  CHECK(said(*product, "journal.unknown_outcome"));
  CHECK(product->store().open_intents("")->size() == 1);
}

// Many calls at once: bounded, in order within a session, and stopped between calls.
#include <catch2/catch.hpp>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>

#include "orchestrator/batch.hpp"
#include "support/quiet_orchestrator.hpp"

using namespace dugout;
using namespace dugout::orchestrator;

namespace {

// Serves what the test says, and knows how many calls were under way at once.
class Desk final : public test::QuietOrchestrator {
 public:
  std::function<Outcome<ChatReply>(const ChatRequest&)> answer = [](const ChatRequest& request) {
    ChatReply reply;
    reply.session_id = request.session_id;
    return Outcome<ChatReply>(reply);
  };

  Outcome<ChatReply> chat(const ChatRequest& request) override {
    {
      const std::lock_guard lock(mutex_);
      most = std::max(most, ++running_);
      most_of_session = std::max(most_of_session, ++by_session_[request.session_id]);
      begun.push_back(request.session_id + ":" + request.user_message);
    }
    const Leave leave{*this, request.session_id};
    return answer(request);
  }

  int most = 0, most_of_session = 0;
  std::vector<std::string> begun;

 private:
  struct Leave {
    ~Leave() {
      const std::lock_guard lock(desk.mutex_);
      --desk.running_;
      --desk.by_session_[session];
    }
    Desk& desk;
    const std::string& session;
  };
  std::mutex mutex_;  // guards all of it
  int running_ = 0;
  std::map<std::string, int> by_session_;
};

// Holds calls back until so many are there at once.
class Meeting {
 public:
  explicit Meeting(int wanted) : wanted_(wanted) {}
  void come() {
    std::unique_lock lock(mutex_);
    ++here_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return here_ >= wanted_; });
  }

 private:
  const int wanted_;
  std::mutex mutex_;  // guards here_
  std::condition_variable changed_;
  int here_ = 0;
};

std::vector<BatchCall> calls_of(const std::vector<std::string>& sessions, int each) {
  std::vector<BatchCall> calls;
  for (int i = 0; i < each; ++i) {
    for (const auto& session : sessions) {
      BatchCall call;
      call.index = calls.size();
      call.request.session_id = session;
      call.request.user_message = std::to_string(i);
      calls.push_back(call);
    }
  }
  return calls;
}

std::vector<std::string> of_session(const std::vector<std::string>& begun,
                                    const std::string& session) {
  std::vector<std::string> out;
  for (const auto& one : begun) {
    if (one.rfind(session + ":", 0) == 0) out.push_back(one.substr(session.size() + 1));
  }
  return out;
}

BatchPlan with(int workers) {
  BatchPlan plan;
  plan.workers = workers;
  return plan;
}

}  // namespace

TEST_CASE("BatchTest.EveryCallHasOneResultUnderItsOwnIndex") {
  Desk desk;
  std::map<std::size_t, int> told;
  auto plan = with(4);
  plan.finished = [&](std::size_t index, const Outcome<ChatReply>&) { ++told[index]; };

  const auto count = run_batch(desk, calls_of({"a", "b", "", "c"}, 25), plan);

  CHECK(count.good == 100);
  CHECK(count.failed == 0);
  CHECK(count.left == 0);
  CHECK(told.size() == 100);
  for (const auto& [index, times] : told) CHECK(times == 1);
}

TEST_CASE("BatchTest.CallsOfOneSessionRunInOrderAndOneAtATime") {
  Desk desk;

  run_batch(desk, calls_of({"a", "b", "c"}, 50), with(8));

  CHECK(desk.most_of_session == 1);
  for (const auto* session : {"a", "b", "c"}) {
    std::vector<std::string> expected;
    for (int i = 0; i < 50; ++i) expected.push_back(std::to_string(i));
    CHECK(of_session(desk.begun, session) == expected);
  }
}

TEST_CASE("BatchTest.AsManyRunAtOnceAsThereAreWorkersAndNoMore") {
  Desk desk;
  Meeting three(3);
  desk.answer = [&](const ChatRequest&) {
    three.come();  // would never return with fewer than three
    return Outcome<ChatReply>(ChatReply{});
  };

  run_batch(desk, calls_of({"", "", "", "", ""}, 20), with(3));

  CHECK(desk.most == 3);
}

TEST_CASE("BatchTest.ALongSessionLeavesTheOtherWorkersToOthers") {
  Desk desk;
  Meeting two(2);
  auto calls = calls_of({"long"}, 50);
  for (auto& call : calls_of({"other"}, 1)) {
    call.index = calls.size();
    calls.push_back(call);
  }
  desk.answer = [&](const ChatRequest& request) {
    // The first of the long session ends only when the other one has begun.
    if (request.user_message == "0") two.come();
    return Outcome<ChatReply>(ChatReply{});
  };

  const auto count = run_batch(desk, calls, with(2));

  CHECK(count.good == 51);
}

TEST_CASE("BatchTest.SessionsTakeTurns") {
  Desk desk;
  auto calls = calls_of({"long"}, 5);
  for (auto call : calls_of({"x", "y"}, 1)) calls.push_back(call);

  run_batch(desk, calls, with(1));

  CHECK(desk.begun ==
        std::vector<std::string>{"long:0", "x:0", "y:0", "long:1", "long:2", "long:3", "long:4"});
}

TEST_CASE("BatchTest.AFailureOrAThrowOfOneStopsNoOther") {
  Desk desk;
  desk.answer = [](const ChatRequest& request) -> Outcome<ChatReply> {
    if (request.user_message == "1") return Error{Code::kConflict, "busy"};
    if (request.user_message == "2") throw std::runtime_error("broken");
    return ChatReply{};
  };
  std::map<std::size_t, Code> failed;
  auto plan = with(2);
  plan.finished = [&](std::size_t index, const Outcome<ChatReply>& reply) {
    if (!reply) failed[index] = reply.error().code;
  };

  const auto count = run_batch(desk, calls_of({"a"}, 5), plan);

  CHECK(count.good == 3);
  CHECK(count.failed == 2);
  CHECK(failed == std::map<std::size_t, Code>{{1, Code::kConflict}, {2, Code::kInternal}});
}

TEST_CASE("BatchTest.AfterAStopNothingIsBegunAndWhatRunsEnds") {
  Desk desk;
  Meeting two(2);
  bool stop = false;
  desk.answer = [&](const ChatRequest&) {
    two.come();
    return Outcome<ChatReply>(ChatReply{});
  };
  auto plan = with(2);
  plan.may_begin = [&] { return !stop; };
  plan.finished = [&](std::size_t, const Outcome<ChatReply>&) { stop = true; };

  const auto count = run_batch(desk, calls_of({"", ""}, 50), plan);

  CHECK(count.good == 2);
  CHECK(count.left == 98);
  CHECK(desk.begun.size() == 2);
}

TEST_CASE("BatchTest.AListenerThatThrowsStopsTheBatch") {
  Desk desk;
  auto plan = with(1);
  plan.finished = [](std::size_t, const Outcome<ChatReply>&) { throw std::runtime_error("gone"); };
  CHECK(run_batch(desk, calls_of({"a"}, 9), plan).left == 8);

  plan.finished = nullptr;
  plan.may_begin = []() -> bool { throw std::runtime_error("gone"); };
  CHECK(run_batch(desk, calls_of({"a"}, 9), plan).left == 9);
}

TEST_CASE("BatchTest.NothingAndOddNumbersOfWorkersAreTaken") {
  Desk desk;
  CHECK(run_batch(desk, {}, with(8)).good == 0);
  for (const int workers : {-1, 0, 1, 1000}) {
    CHECK(run_batch(desk, calls_of({"a", "b"}, 2), with(workers)).good == 4);
  }
  CHECK(sessions_in(calls_of({"a", "b", ""}, 3)) == 5);
}

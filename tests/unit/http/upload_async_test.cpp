// POST /upload-async and its status; the job behind them; the sweep of what a crash has left.
#include <catch2/catch.hpp>

#include <fstream>
#include <thread>

#include "doors_fixture.hpp"
#include "http/upload_files.hpp"
#include "http/upload_job.hpp"

using namespace dugout;
using namespace dugout::test;

namespace {

orchestrator::ChatReply reply(const std::string& text) {
  orchestrator::ChatReply made;
  made.session_id = "session-1";
  made.response = text;
  made.last_agent = "photo";
  made.routine_number = 34;
  made.expects = "file";
  return made;
}

struct Uploads : Doors {
  Uploads() {
    orchestrator.answer = [](const orchestrator::ChatRequest&) {
      return Outcome<orchestrator::ChatReply>(reply("Thank you."));
    };
  }
  void fail(Code code) {
    orchestrator.answer = [code](const orchestrator::ChatRequest&) {
      return Outcome<orchestrator::ChatReply>(Error{code, "why"});
    };
  }
  // One try of the only job, as the jobs would do it.
  jobs::Worked run() {
    auto& job = jobs.all.at(0);
    ++job.tries;
    const auto worked = http::upload_work(orchestrator)(job, core::CancelToken());
    job.state = worked.done    ? store::JobState::kDone
                : worked.again ? store::JobState::kWaiting
                               : store::JobState::kFailed;
    job.result = worked.result;
    return worked;
  }
  Json status(const std::string& id) { return send("GET", "/upload-status/" + id).json(); }
};

}  // namespace

TEST_CASE("UploadAsyncTest.APhotoBecomesAJobThatTellsItsState") {
  Uploads doors;

  const auto sent = doors.upload("session-1", "message-1");

  REQUIRE(sent.status == 202);
  const auto id = sent.json()["upload_id"].get<std::string>();
  CHECK(sent.json()["processing"] == true);
  CHECK(sent.json()["session_id"] == "session-1");
  CHECK(sent.json()["status_url"] == "/upload-status/" + id);
  CHECK(doors.status(id)["progress"] == "received");
  CHECK(doors.status(id)["complete"] == false);
  doors.jobs.all[0].state = store::JobState::kRunning;
  CHECK(doors.status(id)["progress"] == "checking");

  doors.run();

  const auto done = doors.status(id);
  CHECK(done["complete"] == true);
  CHECK(done["error"] == false);
  CHECK(done["progress"] == "done");
  CHECK(done["response"] == "Thank you.");
  CHECK(done["last_agent"] == "photo");
  CHECK(done["routine_number"] == 34);
  CHECK(done["expects"] == "file");
  CHECK(done["session_id"] == "session-1");
  CHECK(done["updated_at"] == "1970-01-01T00:00:00Z");
  CHECK(doors.files().empty());
}

TEST_CASE("UploadAsyncTest.TheTurnIsToldTheSameMessageEachTime") {
  Uploads doors;
  doors.upload("session-1");
  doors.run();
  doors.run();

  REQUIRE(doors.orchestrator.asked.size() == 2);
  const auto& first = doors.orchestrator.asked[0];
  CHECK(first.client_message_id == "upload:" + doors.jobs.all[0].id);
  CHECK(first.client_message_id == doors.orchestrator.asked[1].client_message_id);
  CHECK(first.upload->path == doors.orchestrator.asked[1].upload->path);
  CHECK(first.upload->name == "me.jpg");
}

TEST_CASE("UploadAsyncTest.TheClientsOwnMessageIdIsKept") {
  Uploads doors;
  doors.upload("session-1", "message-1");
  doors.run();

  CHECK(doors.orchestrator.asked.at(0).client_message_id == "message-1");
}

TEST_CASE("UploadAsyncTest.TwiceTheSameMessageIsOneJobAndOneFile") {
  Uploads doors;
  Answer one, two;
  std::thread other([&] { one = doors.upload("session-1", "message-1"); });
  two = doors.upload("session-1", "message-1");
  other.join();

  CHECK(one.json()["upload_id"] == two.json()["upload_id"]);
  CHECK(doors.jobs.all.size() == 1);
  CHECK(doors.files().size() == 1);
  doors.run();
  CHECK(doors.upload("session-1", "message-1").status == 202);
  CHECK(doors.files().empty());
}

TEST_CASE("UploadAsyncTest.TheSameMessageIdInAnotherSessionIsAnotherJob") {
  Uploads doors;
  doors.upload("session-1", "message-1");
  doors.upload("session-2", "message-1");

  CHECK(doors.jobs.all.size() == 2);
}

TEST_CASE("UploadAsyncTest.AFaultOfOursIsTriedAgainAndThenGivenUp") {
  Uploads doors;
  const auto id = doors.upload("session-1", "message-1").json()["upload_id"].get<std::string>();
  doors.fail(Code::kUnavailable);

  for (int i = 0; i < 4; ++i) CHECK(doors.run().again);
  CHECK(doors.status(id)["progress"] == "checking");
  CHECK(doors.files().size() == 1);
  CHECK_FALSE(doors.run().again);

  const auto failed = doors.status(id);
  CHECK(failed["complete"] == true);
  CHECK(failed["error"] == true);
  CHECK(failed["progress"] == "failed");
  CHECK(failed["session_id"] == "session-1");
  CHECK(doors.files().empty());
}

TEST_CASE("UploadAsyncTest.AGivenUpPhotoSentAgainIsAnotherGo") {
  Uploads doors;
  doors.upload("session-1", "message-1");
  doors.fail(Code::kInvalid);
  doors.run();
  REQUIRE(doors.files().empty());

  doors.upload("session-1", "message-1", "another photo");

  REQUIRE(doors.jobs.all.size() == 1);
  CHECK(doors.jobs.all[0].state == store::JobState::kWaiting);
  const auto path = http::upload_of(doors.jobs.all[0]).path;
  std::ifstream file(path);
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == "another photo");
  CHECK(doors.files().size() == 1);
}

TEST_CASE("UploadAsyncTest.AJobThatEndsItsProcessEachTimeIsGivenUpUnrun") {
  Uploads doors;
  doors.upload("session-1");
  doors.jobs.all[0].tries = 5;

  const auto worked = doors.run();

  CHECK_FALSE(worked.done);
  CHECK_FALSE(worked.again);
  CHECK(doors.orchestrator.asked.empty());
  CHECK(doors.files().empty());
}

TEST_CASE("UploadAsyncTest.NothingIsKeptOfWhatCannotBeTaken") {
  Uploads doors;

  CHECK(doors.upload("short").status == 422);
  CHECK(doors.upload("a/session/../id").status == 422);
  CHECK(doors.upload("session-1", std::string(129, 'm')).status == 422);
  CHECK(doors.upload("session-1", "\xff").status == 422);
  doors.jobs.broken = true;
  CHECK(doors.upload("session-1").status == 503);
  doors.jobs.broken = false;

  CHECK(doors.jobs.all.empty());
  CHECK(doors.files().empty());
}

TEST_CASE("UploadAsyncTest.TooManyWaitingPhotosAreRefused") {
  Uploads doors;
  for (int i = 0; i < 200; ++i) REQUIRE(doors.jobs.enqueue({"upload", "{}", "", "", 0}));

  CHECK(doors.upload("session-1").status == 503);
  CHECK(doors.files().empty());
}

TEST_CASE("UploadAsyncTest.TheStatusAnswersForPhotosOnly") {
  Uploads doors;
  const auto other = doors.jobs.enqueue({"payment_chasing", R"({"secret":1})", "", "", 0});

  CHECK(doors.send("GET", "/upload-status/job_0000").status == 404);
  CHECK(doors.send("GET", "/upload-status/" + *other).status == 404);
  CHECK(doors.send("GET", "/upload-status/a.b").status == 404);
}

TEST_CASE("UploadFilesTest.TheSweepLeavesWhatJobsStillNeed") {
  Uploads doors;
  doors.upload("session-1", "waiting");
  doors.upload("session-2", "done");
  doors.jobs.all[1].state = store::JobState::kDone;
  const auto kept = std::filesystem::path(http::upload_of(doors.jobs.all[0]).path);
  std::ofstream(kept.string() + ".prepared.jpg") << "made of it";
  std::ofstream(doors.folder + "/upload_0123456789abcdef") << "cut off by a crash";
  std::ofstream(doors.folder + "/somebody_elses") << "not ours";

  http::sweep_uploads(doors.folder, doors.jobs);

  const auto name = kept.filename().string();
  CHECK(doors.files() == std::set<std::string>{name, name + ".prepared.jpg", "somebody_elses"});
}

TEST_CASE("UploadFilesTest.TheSweepLeavesAllWhenTheJobsCannotBeRead") {
  Uploads doors;
  std::ofstream(doors.folder + "/upload_0123456789abcdef") << "perhaps of a job";
  doors.jobs.broken = true;

  http::sweep_uploads(doors.folder, doors.jobs);

  CHECK(doors.files().size() == 1);
}

TEST_CASE("UploadFilesTest.WhatWasMadeOfAnUploadGoesWithIt") {
  Uploads doors;
  const auto path = doors.folder + "/upload_11";
  REQUIRE(http::write_upload(path, "photo"));
  std::ofstream(path + ".prepared.jpg") << "made of it";
  std::ofstream(doors.folder + "/upload_112") << "another's";

  http::remove_upload(path);

  CHECK(doors.files() == std::set<std::string>{"upload_112"});
}

TEST_CASE("UploadFilesTest.WhatCannotBeWrittenLeavesNothing") {
  CHECK_FALSE(http::write_upload("/proc/no_such_folder/upload_1", "photo"));

  // The draft is written, and cannot take its place.
  Uploads doors;
  std::filesystem::create_directories(doors.folder + "/upload_1/in_the_way");
  CHECK_FALSE(http::write_upload(doors.folder + "/upload_1", "photo"));
  CHECK(doors.files() == std::set<std::string>{"upload_1"});
}

TEST_CASE("UploadFilesTest.AnUploadIsForUsAlone") {
  Uploads doors;
  const auto path = doors.folder + "/upload_1";
  REQUIRE(http::write_upload(path, "photo"));

  CHECK(std::filesystem::status(path).permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

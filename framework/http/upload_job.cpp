#include "http/upload_job.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "dugout/sdk/dates.hpp"
#include "http/upload_files.hpp"

namespace dugout::http {
namespace {

using core::Json;

// A parent waits: with the waits between the tries this is some three minutes. Fewer than the jobs
// allow, so that the file goes with the last try.
constexpr int kMostTries = 5;

constexpr auto kReceived = "The photo has arrived and is waiting to be checked.";
constexpr auto kChecking = "The photo is being checked.";
constexpr auto kCheckedAgain = "The check could not be finished at once; it is tried again.";
constexpr auto kDone = "The check has ended.";
constexpr auto kFailed =
    "The photo could not be checked, because of a fault on our side. Please send it again.";

int tries_of(const store::Job& job) {
  return job.tries - job.forgiven;
}

std::string word_for(Code code) {
  switch (code) {
    case Code::kInvalid:
      return "invalid";
    case Code::kConflict:
      return "session_busy";
    case Code::kUnavailable:
    case Code::kTimeout:
      return "unavailable";
    default:
      return "internal";
  }
}

jobs::Worked given_up(const UploadJob& upload, std::string why) {
  remove_upload(upload.path);
  return {false, false, "", std::move(why)};
}

jobs::Worked work(orchestrator::Orchestrator& orchestrator, const store::Job& job) {
  const auto upload = upload_of(job);
  if (upload.path.empty()) return {false, false, "", "its arguments cannot be read"};
  // Each try before this one ended with the process.
  if (tries_of(job) > kMostTries) return given_up(upload, "crashed");
  orchestrator::ChatRequest request;
  request.session_id = upload.session_id;
  request.client_message_id =
      upload.client_message_id.empty() ? "upload:" + job.id : upload.client_message_id;
  request.upload = orchestrator::Upload{upload.path, upload.name, true};
  const auto reply = orchestrator.chat(request);
  if (reply) {
    remove_upload(upload.path);
    return {true, false, reply_json(*reply), ""};
  }
  const auto why = word_for(reply.error().code);
  const bool again = reply.error().code != Code::kInvalid && tries_of(job) < kMostTries;
  if (!again) return given_up(upload, why);
  return {false, true, "", why};
}

// The question as it is stored; null when there is none, or it cannot be read.
Json question_in(const std::string& text) {
  auto question = text.empty() ? Outcome<Json>(Json()) : core::parse_json(text);
  return question && question->is_object() ? std::move(*question) : Json();
}

}  // namespace

core::Json reply_object(const orchestrator::ChatReply& reply) {
  Json out{{"response", reply.response},
           {"session_id", reply.session_id},
           {"last_agent", reply.last_agent},
           {"routine_number", nullptr},
           {"expects", reply.expects},
           {"question", question_in(reply.question)},
           {"steps", nullptr}};
  if (reply.routine_number) out["routine_number"] = *reply.routine_number;
  if (reply.steps.of > 0) out["steps"] = {{"step", reply.steps.step}, {"of", reply.steps.of}};
  return out;
}

std::string upload_arguments(const UploadJob& upload) {
  return core::canonical(Json{{"session_id", upload.session_id},
                              {"client_message_id", upload.client_message_id},
                              {"path", upload.path},
                              {"name", upload.name}});
}

UploadJob upload_of(const store::Job& job) {
  const auto read = core::parse_json(job.arguments);
  if (job.kind != kUploadKind || !read || !read->is_object()) return {};
  return {core::member(*read, "session_id"), core::member(*read, "client_message_id"),
          core::member(*read, "path"), core::member(*read, "name")};
}

jobs::Work upload_work(orchestrator::Orchestrator& orchestrator) {
  return [&orchestrator](const store::Job& job, const core::CancelToken&) {
    return work(orchestrator, job);
  };
}

std::string reply_json(const orchestrator::ChatReply& reply) {
  return core::canonical(reply_object(reply));
}

std::string upload_status(const store::Job& job) {
  Json out{{"complete", false}, {"error", false}, {"updated_at", sdk::iso_time(job.updated_ms)}};
  switch (job.state) {
    case store::JobState::kWaiting:
      out["progress"] = tries_of(job) == 0 ? "received" : "checking";
      out["message"] = tries_of(job) == 0 ? kReceived : kCheckedAgain;
      break;
    case store::JobState::kRunning:
      out["progress"] = "checking";
      out["message"] = kChecking;
      break;
    case store::JobState::kDone: {
      const auto reply = core::parse_json(job.result);
      if (reply && reply->is_object()) out.update(*reply);
      out["complete"] = true;
      out["progress"] = "done";
      out["message"] = kDone;
      break;
    }
    case store::JobState::kFailed:
      out["complete"] = true;
      out["error"] = true;
      out["progress"] = "failed";
      out["message"] = kFailed;
      out["response"] = kFailed;  // for a client that shows nothing else
      out["session_id"] = upload_of(job).session_id;
  }
  return core::canonical(out);
}

}  // namespace dugout::http

// The job behind /upload-async: the chat turn of a photo. It may run twice, after a crash: the
// message id is the same each time, so the second run is given the first one's reply. [worker]
#pragma once

#include <string>

#include "core/json.hpp"
#include "jobs/jobs.hpp"
#include "orchestrator/chat.hpp"

namespace dugout::http {

inline constexpr auto kUploadKind = "upload";

// What the job is about, as its arguments say.
struct UploadJob {
  std::string session_id;
  std::string client_message_id;  // empty: the client gave none
  std::string path, name;         // of the file: where it is, what the client calls it
};

// The arguments and what is read from them. A job of another kind, or one that cannot be read,
// gives empty members.
std::string upload_arguments(const UploadJob& upload);
UploadJob upload_of(const store::Job& job);

// Runs the turn, and removes the file when that is done or given up. Its result is reply_json().
// REQUIRES: the orchestrator outlives it.
jobs::Work upload_work(orchestrator::Orchestrator& orchestrator);

// A reply as /chat gives it.
core::Json reply_object(const orchestrator::ChatReply& reply);
std::string reply_json(const orchestrator::ChatReply& reply);

// What GET /upload-status/{upload_id} says about a job of this kind.
std::string upload_status(const store::Job& job);

}  // namespace dugout::http

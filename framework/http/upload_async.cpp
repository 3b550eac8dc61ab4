// POST /upload-async: the photo becomes a job, and the answer says where to ask for its end.
// GET /upload-status/{upload_id}: what has become of it. The id is the job's, 128 random bits, and
// so the only key to the answer.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/random.hpp"
#include "core/text.hpp"
#include "http/upload_files.hpp"
#include "http/upload_form.hpp"
#include "http/upload_job.hpp"

namespace dugout::http {
namespace {

using core::Json;

constexpr std::size_t kMostWaiting = 200;  // photos on the disk that are still to be checked
constexpr std::size_t kMostIdBytes = 128;

constexpr auto kAccepted =
    "Thank you, the photo has arrived. Checking it takes a few seconds, or a few minutes when much "
    "is going on. Please keep this chat open: the answer comes here.";

Problem unusable(const char* member, const char* detail) {
  return problem_at(422, "The request cannot be used", std::string("/") + member, detail);
}

bool is_session(const std::string& id) {
  return id.size() >= 8 && is_path_id(core::replace_all(id, ".", "_"), kMostIdBytes);
}

// Said at once, as nobody would be there to be told when the job begins.
std::optional<Problem> check(const UploadForm& form) {
  if (!is_session(form.session_id)) {
    return unusable("session_id", "must be 8 to 128 letters, digits, '-', '_' or '.'");
  }
  const auto& message = form.client_message_id;
  if (message.size() > kMostIdBytes || !core::is_utf8(message)) {
    return unusable("client_message_id", "must be text of at most 128 bytes");
  }
  return std::nullopt;
}

// Photos wait on the disk, so not too many may.
Status has_room(jobs::Jobs& jobs) {
  const auto waiting = jobs.list({kUploadKind, "waiting", kMostWaiting});
  if (!waiting) return waiting.error();
  if (waiting->size() < kMostWaiting) return Done{};
  return Error{Code::kUnavailable, "too many photos are waiting"};
}

// The file of a repeat is not needed, unless the first one's job was given up: then this is
// another go at it.
void settle_repeat(Service& service, const std::string& job_id, const UploadJob& ours) {
  const auto job = service.jobs.find(job_id);
  if (!job || !*job) return;  // the sweep of the next start takes what is not needed
  const auto first = upload_of(**job);
  if (first.path == ours.path) return;
  std::error_code error;
  if ((*job)->state == store::JobState::kFailed && !first.path.empty()) {
    std::filesystem::rename(ours.path, first.path, error);
    const auto again = error ? Status(Error{Code::kUnavailable, ""}) : service.jobs.retry(job_id);
    // A conflict: another repeat was quicker, and its job is about to read the file.
    if (again || again.error().code == Code::kConflict) return;
    remove_upload(first.path);
  }
  remove_upload(ours.path);
}

Outcome<std::string> enqueue(Service& service, const UploadForm& form) {
  if (const auto room = has_room(service.jobs); !room) return room.error();
  std::error_code error;
  const auto folder = std::filesystem::absolute(service.options.upload_folder, error);
  const UploadJob upload{form.session_id, form.client_message_id,
                         (folder / core::new_id("upload_")).string(), form.name};
  if (auto written = write_upload(upload.path, form.bytes); !written) return written.error();
  const auto unique = form.client_message_id.empty()
                          ? std::string()
                          : "upload|" + form.session_id + "|" + form.client_message_id;
  auto id = service.jobs.enqueue(
      {kUploadKind, upload_arguments(upload), unique, "upload:" + form.session_id, 0});
  if (id) {
    settle_repeat(service, *id, upload);
  } else {
    remove_upload(upload.path);
  }
  return id;
}

}  // namespace

void serve_upload_async(Service& service, Exchange& exchange) {
  const TurnGate turn(service);
  const Place place(service.uploads, address_of(service, exchange));
  if (!turn.admitted() || !place.taken()) return exchange.problem(overloaded(), service.clock);
  UploadForm form;
  auto wrong = read_upload(service, exchange, form);
  if (!wrong) wrong = check(form);
  if (wrong) return exchange.problem(*wrong, service.clock);
  const auto id = enqueue(service, form);
  if (!id) return not_taken(service, exchange, id.error());
  exchange.json(202, core::canonical(Json{{"response", kAccepted},
                                          {"processing", true},
                                          {"upload_id", *id},
                                          {"status_url", "/upload-status/" + *id},
                                          {"session_id", form.session_id}}));
}

void serve_upload_status(Service& service, Exchange& exchange) {
  const auto& id = exchange.part("upload_id");
  if (!is_path_id(id)) return exchange.problem(nothing_at(exchange.path()), service.clock);
  const auto job = service.jobs.find(id);
  if (!job) return exchange.problem(problem_of(job.error()), service.clock);
  // Other jobs are nobody's business.
  if (!*job || (*job)->kind != kUploadKind) {
    return exchange.problem(nothing_at(exchange.path()), service.clock);
  }
  exchange.json(200, upload_status(**job));
}

}  // namespace dugout::http

// What /upload and /upload-async have in common: the form with the photo, read within its limits.
// [worker]
#pragma once

#include "http/endpoints.hpp"

namespace dugout::http {

struct UploadForm {
  std::string session_id, client_message_id;
  std::string name;   // of the file, as the client called it; shown, never used as a path
  std::string bytes;  // the file
};

// multipart/form-data: file, session_id, client_message_id?, session_token?. Or the problem with
// it. What it takes to come back is on the answer then.
std::optional<Problem> read_upload(Service& service, Exchange& exchange, UploadForm& form);

// Answers that the photo was not taken. The client learns no reason; the log does.
void not_taken(Service& service, Exchange& exchange, const Error& why);

}  // namespace dugout::http

// What /upload and /upload-async have in common: the form with the photo, read within its limits,
// and how many may be read at once. [worker]
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

// Counts an upload while it lives, as each holds its file in memory.
class UploadGate {
 public:
  UploadGate(Service& service, Exchange& exchange);
  ~UploadGate() {
    if (admitted_) service_.uploads.leave(address_);
  }
  UploadGate(const UploadGate&) = delete;
  UploadGate& operator=(const UploadGate&) = delete;
  bool admitted() const { return admitted_; }

 private:
  Service& service_;
  const std::string address_;
  const bool admitted_;
};

}  // namespace dugout::http

#include "http/upload_form.hpp"

#include <Poco/Net/HTMLForm.h>
#include <Poco/Net/MessageHeader.h>
#include <Poco/Net/NameValueCollection.h>
#include <Poco/Net/PartHandler.h>

#include <iterator>
#include <sstream>

#include "core/text.hpp"
#include "http/chat_right.hpp"

namespace dugout::http {
namespace {

constexpr std::size_t kFormOverhead = 64 * 1024;  // the other parts and the boundaries

// Keeps the part called "file".
class FilePart final : public Poco::Net::PartHandler {
 public:
  explicit FilePart(UploadForm& form) : form_(form) {}

  void handlePart(const Poco::Net::MessageHeader& header, std::istream& stream) override {
    std::string disposition;
    Poco::Net::NameValueCollection parameters;
    Poco::Net::MessageHeader::splitParameters(header.get("Content-Disposition", ""), disposition,
                                              parameters);
    if (parameters.get("name", "") != "file" || there_) return;
    there_ = true;
    form_.name = core::to_utf8(core::clip(parameters.get("filename", "photo"), 100));
    form_.bytes.assign(std::istreambuf_iterator<char>(stream), {});
  }

  bool there() const { return there_; }

 private:
  UploadForm& form_;
  bool there_ = false;
};

Problem problem(int status, std::string title, std::string detail, std::string pointer = "") {
  Problem made;
  made.status = status;
  made.title = std::move(title);
  made.detail = std::move(detail);
  made.pointer = std::move(pointer);
  made.close = true;
  return made;
}

Problem photo_too_large(std::size_t limit) {
  return problem(
      413, "Too large",
      "A photo may have at most " + std::to_string(limit) + " bytes (10 MiB by default).");
}

std::optional<Problem> missing(const char* part, const char* detail) {
  return problem(422, "A part is missing", detail, std::string("/") + part);
}

}  // namespace

void not_taken(Service& service, Exchange& exchange, const Error& why) {
  service.log.error("upload.not_taken", {observability::Field::safe("why", why.message)});
  exchange.problem(problem_of(why), service.clock);
}

std::optional<Problem> read_upload(Service& service, Exchange& exchange, UploadForm& form) {
  if (auto wrong = exchange.require_type("multipart/form-data")) return wrong;
  const auto limit = service.options.upload_bytes;
  std::string body;
  if (auto wrong = exchange.read_body(limit + kFormOverhead, service.options.upload_timeout,
                                      service.clock, body, service.options.read_timeout)) {
    return wrong->status == 413 ? photo_too_large(limit) : wrong;
  }
  FilePart file(form);
  Poco::Net::HTMLForm fields;
  fields.setFieldLimit(20);
  try {
    std::istringstream stream(std::move(body));
    fields.load(exchange.request(), stream, file);
  } catch (const Poco::Exception& error) {
    return problem(400, "Malformed form",
                   std::string("The form cannot be read: ") + error.name() + ".");
  }
  if (form.bytes.size() > limit) return photo_too_large(limit);
  if (!file.there()) return missing("file", "Send the photo as a part called file.");
  if (!fields.has("session_id")) {
    return missing("session_id", "Send session_id, the session that was asked for the photo.");
  }
  form.session_id = fields.get("session_id");
  // A photo begins no conversation.
  if (form.session_id.empty()) form.session_id = shown_session(exchange);
  if (form.session_id.empty()) {
    return missing("session_id", "Send session_id, the session that was asked for the photo.");
  }
  form.client_message_id = fields.get("client_message_id", "");
  ChatRight right(service, exchange);
  const ChatClaim claim{form.client_message_id, fields.get("session_token", ""), false};
  if (auto problem = right.admit(form.session_id, claim)) return problem;
  if (const auto given = right.give(form.session_id); !given) return problem_of(given.error());
  return service.rates.admit_session(exchange, form.session_id, service.clock.now());
}

}  // namespace dugout::http

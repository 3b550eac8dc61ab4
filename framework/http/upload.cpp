// POST /upload, multipart/form-data: file, session_id, client_message_id?. The file goes to a
// temporary file of ours under a random name; the orchestrator removes it when the turn has ended.
#include <Poco/Net/HTMLForm.h>
#include <Poco/Net/MessageHeader.h>
#include <Poco/Net/NameValueCollection.h>
#include <Poco/Net/PartHandler.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "core/random.hpp"
#include "core/text.hpp"
#include "http/endpoints.hpp"

namespace dugout::http {
namespace {

constexpr int kUploadsAtOnce = 32;                // each holds its file in memory
constexpr std::size_t kFormOverhead = 64 * 1024;  // the other parts and the boundaries

// Keeps the part called "file".
class FilePart final : public Poco::Net::PartHandler {
 public:
  void handlePart(const Poco::Net::MessageHeader& header, std::istream& stream) override {
    std::string disposition;
    Poco::Net::NameValueCollection parameters;
    Poco::Net::MessageHeader::splitParameters(header.get("Content-Disposition", ""), disposition,
                                              parameters);
    if (parameters.get("name", "") != "file" || there_) return;
    there_ = true;
    name_ = core::to_utf8(core::clip(parameters.get("filename", "photo"), 100));
    bytes_.assign(std::istreambuf_iterator<char>(stream), {});
  }

  bool there() const { return there_; }
  const std::string& name() const { return name_; }
  const std::string& bytes() const { return bytes_; }

 private:
  bool there_ = false;
  std::string name_, bytes_;
};

// Counts an upload while it lives.
class UploadGate {
 public:
  explicit UploadGate(Service& service)
      : service_(service), admitted_(service.uploads.fetch_add(1) < kUploadsAtOnce) {}
  ~UploadGate() { service_.uploads.fetch_sub(1); }
  UploadGate(const UploadGate&) = delete;
  UploadGate& operator=(const UploadGate&) = delete;
  bool admitted() const { return admitted_; }

 private:
  Service& service_;
  const bool admitted_;
};

// A repeat of a message gets the same file name, so that its effects are recognised as the same.
std::string file_name(const std::string& session, const std::string& message_id) {
  if (message_id.empty()) return core::new_id("upload_");
  return "upload_" + core::stable_hash(session + "|" + message_id);
}

// Written beside and renamed, so that a double tap never shows half a file; private to us.
bool write_file(const std::string& folder, const std::string& path, const std::string& bytes) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const auto draft = folder + "/" + core::new_id("upload_");
  std::ofstream file(draft, std::ios::binary);
  std::filesystem::permissions(
      draft, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (file) std::filesystem::rename(draft, path, error);
  const bool done = file && !error;
  if (!done) std::filesystem::remove(draft, error);
  return done;
}

Problem problem(int status, std::string title, std::string detail, std::string pointer = "") {
  Problem made;
  made.status = status;
  made.title = std::move(title);
  made.detail = std::move(detail);
  made.pointer = std::move(pointer);
  made.close = true;
  return made;
}

Problem too_large(std::size_t limit) {
  return problem(
      413, "Too large",
      "A photo may have at most " + std::to_string(limit) + " bytes (10 MiB by default).");
}

// Whatever becomes of the turn, a refused or repeated one included, no file of it stays.
void take_photo(Service& service, Exchange& exchange, const Poco::Net::HTMLForm& form,
                const FilePart& part) {
  orchestrator::ChatRequest chat;
  chat.session_id = form.get("session_id");
  chat.client_message_id = form.get("client_message_id", "");
  const auto& folder = service.options.upload_folder;
  const auto path = folder + "/" + file_name(chat.session_id, chat.client_message_id);
  if (!write_file(folder, path, part.bytes())) {
    return exchange.problem(problem_of({Code::kUnavailable, "", ""}), service.clock);
  }
  chat.upload = orchestrator::Upload{path, part.name()};
  const auto reply = service.orchestrator.chat(chat);
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  answer(service, exchange, reply);
}

}  // namespace

void serve_upload(Service& service, Exchange& exchange) {
  const TurnGate turn(service);
  const UploadGate upload(service);
  if (!turn.admitted() || !upload.admitted()) {
    return exchange.problem(overloaded(), service.clock);
  }
  if (const auto wrong = exchange.require_type("multipart/form-data")) {
    return exchange.problem(*wrong, service.clock);
  }
  const auto limit = service.options.upload_bytes;
  std::string body;
  if (const auto wrong = exchange.read_body(limit + kFormOverhead, service.options.upload_timeout,
                                            service.clock, body)) {
    return exchange.problem(wrong->status == 413 ? too_large(limit) : *wrong, service.clock);
  }
  FilePart part;
  Poco::Net::HTMLForm form;
  form.setFieldLimit(20);
  try {
    std::istringstream stream(std::move(body));
    form.load(exchange.request(), stream, part);
  } catch (const Poco::Exception& error) {
    return exchange.problem(problem(400, "Malformed form",
                                    std::string("The form cannot be read: ") + error.name() + "."),
                            service.clock);
  }
  if (part.bytes().size() > limit) return exchange.problem(too_large(limit), service.clock);
  if (!part.there()) {
    return exchange.problem(
        problem(422, "A part is missing", "Send the photo as a part called file.", "/file"),
        service.clock);
  }
  if (!form.has("session_id")) {
    return exchange.problem(
        problem(422, "A part is missing",
                "Send session_id, the session that was asked for the photo.", "/session_id"),
        service.clock);
  }
  take_photo(service, exchange, form, part);
}

}  // namespace dugout::http

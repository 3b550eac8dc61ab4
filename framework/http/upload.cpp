// POST /upload, multipart/form-data: file, session_id, client_message_id?. The file goes to a
// temporary file of ours under a random name; the orchestrator removes it when the turn has ended.
#include <Poco/Net/HTMLForm.h>
#include <Poco/Net/MessageHeader.h>
#include <Poco/Net/NameValueCollection.h>
#include <Poco/Net/PartHandler.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <istream>

#include "core/random.hpp"
#include "core/text.hpp"
#include "http/endpoints.hpp"

namespace dugout::http {
namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kFormOverhead = 64 * 1024;  // the other parts and the boundaries

// Takes the part called "file"; stops writing when it is over the limit, and says so.
class FilePart final : public Poco::Net::PartHandler {
 public:
  FilePart(std::string folder, std::size_t limit) : folder_(std::move(folder)), limit_(limit) {}
  ~FilePart() override { discard(); }

  void handlePart(const Poco::Net::MessageHeader& header, std::istream& stream) override {
    std::string disposition;
    Poco::Net::NameValueCollection parameters;
    Poco::Net::MessageHeader::splitParameters(header.get("Content-Disposition", ""), disposition, parameters);
    if (parameters.get("name", "") != "file" || !path_.empty()) {
      stream.ignore(static_cast<std::streamsize>(limit_));
      return;
    }
    name_ = core::to_utf8(core::clip(parameters.get("filename", "photo"), 100));
    std::filesystem::create_directories(folder_);
    path_ = folder_ + "/" + core::new_id("upload_");
    std::ofstream file(path_, std::ios::binary);
    std::filesystem::permissions(path_, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::array<char, kPiece> piece{};
    while (stream && size_ <= limit_) {
      stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
      size_ += static_cast<std::size_t>(stream.gcount());
      if (size_ <= limit_) file.write(piece.data(), stream.gcount());
    }
    written_ = file.good();
  }

  bool there() const { return !path_.empty(); }
  bool too_large() const { return size_ > limit_; }
  bool written() const { return written_; }
  orchestrator::Upload release() {
    orchestrator::Upload upload{path_, name_};
    path_.clear();
    return upload;
  }

 private:
  void discard() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove(path_, ignored);
  }

  const std::string folder_;
  const std::size_t limit_;
  std::string path_, name_;
  std::size_t size_ = 0;
  bool written_ = false;
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

Problem too_large(std::size_t limit) {
  return problem(413, "Too large", "A photo may have at most " + std::to_string(limit) + " bytes (10 MiB by default).");
}

}  // namespace

void serve_upload(Service& service, Exchange& exchange) {
  const TurnGate gate(service);
  if (!gate.admitted()) return exchange.problem(overloaded());
  if (const auto wrong = exchange.require_type("multipart/form-data")) return exchange.problem(*wrong);
  auto& request = exchange.request();
  const auto limit = service.options.upload_bytes;
  if (request.hasContentLength() && request.getContentLength64() > static_cast<Poco::Int64>(limit + kFormOverhead)) {
    return exchange.problem(too_large(limit));
  }
  FilePart part(service.options.upload_folder, limit);
  Poco::Net::HTMLForm form;
  form.setFieldLimit(20);
  try {
    form.load(request, request.stream(), part);
  } catch (const Poco::Exception& error) {
    return exchange.problem(problem(400, "Malformed form", std::string("The form cannot be read: ") + error.name() + "."));
  }
  if (part.too_large()) return exchange.problem(too_large(limit));
  if (!part.there()) {
    return exchange.problem(problem(422, "A part is missing", "Send the photo as a part called file.", "/file"));
  }
  if (!part.written()) return exchange.problem(problem_of({Code::kUnavailable, "", ""}));
  if (!form.has("session_id")) {
    return exchange.problem(problem(422, "A part is missing", "Send session_id, the session that was asked for the photo.", "/session_id"));
  }
  orchestrator::ChatRequest chat;
  chat.session_id = form.get("session_id");
  chat.client_message_id = form.get("client_message_id", "");
  chat.upload = part.release();
  const auto path = chat.upload->path;
  const auto reply = service.orchestrator.chat(chat);
  // Whatever became of the turn, a refused or repeated one included, no file of it stays.
  if (!reply || std::filesystem::exists(path)) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
  answer(exchange, reply);
}

}  // namespace dugout::http

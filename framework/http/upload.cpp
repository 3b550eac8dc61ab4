// POST /upload: the photo, and its answer when the turn has ended.
#include "core/random.hpp"
#include "http/trace_headers.hpp"
#include "http/upload_files.hpp"
#include "http/upload_form.hpp"

namespace dugout::http {
namespace {

// A repeat of a message gets the same file name, so that its effects are recognised as the same.
std::string file_name(const UploadForm& form) {
  if (form.client_message_id.empty()) return core::new_id("upload_");
  return "upload_" + core::stable_hash(form.session_id + "|" + form.client_message_id);
}

}  // namespace

// Whatever becomes of the turn, a refused or repeated one included, no file of it stays.
void serve_upload(Service& service, Exchange& exchange) {
  const TurnGate turn(service);
  const Place place(service.uploads, address_of(service, exchange));
  if (!turn.admitted() || !place.taken()) {
    return exchange.problem(overloaded(), service.clock);
  }
  UploadForm form;
  if (const auto wrong = read_upload(service, exchange, form)) {
    return exchange.problem(*wrong, service.clock);
  }
  const auto path = service.options.upload_folder + "/" + file_name(form);
  if (const auto written = write_upload(path, form.bytes); !written) {
    return not_taken(service, exchange, written.error());
  }
  orchestrator::ChatRequest chat;
  chat.session_id = form.session_id;
  chat.client_message_id = form.client_message_id;
  chat.upload = orchestrator::Upload{path, form.name};
  chat.trace = caller_trace(exchange);
  const auto reply = service.orchestrator.chat(chat);
  remove_upload(path);
  answer(service, exchange, reply);
}

}  // namespace dugout::http

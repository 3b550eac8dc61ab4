#include "records/airtable_base.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "records/airtable_values.hpp"

namespace dugout::records {
namespace {

using core::Json;
using observability::Field;

constexpr auto kSent = R"({"sent":true})";
constexpr auto kNotSent = R"({"sent":false})";

// {"error":"NOT_FOUND"} or {"error":{"type":"INVALID_REQUEST_UNKNOWN","message":...}}. Only the
// type is kept, and only if it is a word of Airtable's own.
std::string error_type(const Outcome<Json>& body) {
  if (!body || !body->is_object() || !body->contains("error")) return "";
  const auto& error = body->at("error");
  auto type = error.is_string() ? error.get<std::string>() : core::member(error, "type");
  const bool word = std::all_of(type.begin(), type.end(),
                                [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
  return word ? type : "";
}

// Which of the columns that were sent the refusal names.
std::string named_columns(const Outcome<Json>& body, const host::HttpCall& call) {
  if (!body || !body->is_object() || !body->contains("error")) return "";
  const auto message = core::member(body->at("error"), "message");
  const auto sent = core::parse_json(call.body);
  if (!sent || !sent->is_object()) return "";
  std::string out;
  const auto fields = sent->value("fields", Json::object());
  for (const auto& [name, value] : fields.items()) {
    if (message.find(name) != std::string::npos) out += (out.empty() ? "" : ", ") + name;
  }
  return out;
}

std::chrono::milliseconds in_ms(core::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration);
}

}  // namespace

Outcome<Json> AirtableBase::get(const std::string& path, core::MonoTime deadline) {
  return ask(call("GET", "/v0/" + url_escaped(options_.base_id) + "/" + path, host::Effects::kNone),
             deadline);
}

Outcome<Json> AirtableBase::post(const std::string& path, const Json& body,
                                 core::MonoTime deadline) {
  auto made =
      call("POST", "/v0/" + url_escaped(options_.base_id) + "/" + path, host::Effects::kOnce);
  made.body = core::canonical(body);
  return ask(std::move(made), deadline);
}

Outcome<Json> AirtableBase::patch(const std::string& path, const Json& body,
                                  core::MonoTime deadline) {
  auto made = call("PATCH", "/v0/" + url_escaped(options_.base_id) + "/" + path,
                   host::Effects::kIdempotent);
  made.body = core::canonical(body);
  return ask(std::move(made), deadline);
}

Outcome<Json> AirtableBase::schema(core::MonoTime deadline) {
  return ask(call("GET", "/v0/meta/bases/" + url_escaped(options_.base_id) + "/tables",
                  host::Effects::kNone),
             deadline);
}

host::HttpCall AirtableBase::call(std::string method, std::string url, host::Effects effect) const {
  host::HttpCall made;
  made.method = std::move(method);
  made.url = options_.base_url + url;
  made.headers = {{"Authorization", "Bearer " + options_.api_key}, {"Accept", "application/json"}};
  if (made.method != "GET") made.headers["Content-Type"] = "application/json";
  made.effect = effect;
  return made;
}

Outcome<Json> AirtableBase::ask(host::HttpCall call, core::MonoTime deadline) {
  if (options_.api_key.empty()) {
    return failed(Code::kUnavailable, "Airtable has no api_key in services.records", false, 0,
                  "not_configured");
  }
  for (;;) {
    if (!rate_.wait(deadline)) {
      return failed(Code::kUnavailable, "Airtable takes no more requests within the deadline",
                    false, 0, "rate");
    }
    const auto left = in_ms(deadline - clock_.now());
    call.timeout = std::max(std::chrono::milliseconds(1), std::min(in_ms(options_.timeout), left));
    call.deadline = std::max(std::chrono::milliseconds(1), left);
    const auto answer = http_.send(call);
    if (!answer) {
      const bool sent = answer.error().detail != kNotSent;
      return failed(Code::kUnavailable, "Airtable could not be reached", sent, 0,
                    sent ? "no_answer" : "no_connection");
    }
    if (answer->status != 429) return read(*answer, call);
    rate_.shut_out();  // the next place is behind the penalty, or beyond the deadline
  }
}

Outcome<Json> AirtableBase::read(const host::HttpAnswer& answer, const host::HttpCall& call) {
  auto body = core::parse_json(answer.body);
  const auto type = error_type(body);
  const int status = answer.status;
  const bool good = status >= 200 && status < 300 && body && body->is_object();
  if (good && !body->contains("error")) return *std::move(body);
  if (status == 404) return Error{Code::kNotFound, "Airtable knows no such record or table"};
  if (status == 422 || status == 400 || status == 413) {
    const auto columns = named_columns(body, call);
    return failed(Code::kInvalid,
                  "Airtable refuses the fields" + (columns.empty() ? "" : " (" + columns + ")"),
                  false, status, columns.empty() ? type : type + " " + columns);
  }
  if (status == 401 || status == 403) {
    return failed(Code::kUnavailable,
                  "Airtable refuses the api_key of services.records, or the key may not do this",
                  false, status, type);
  }
  // A 5xx, a page instead of JSON, an error dressed as a success: whether it was done is not known.
  return failed(Code::kUnavailable, "Airtable does not answer as it should", true, status,
                type.empty() ? "not_json" : type);
}

Error AirtableBase::failed(Code code, std::string message, bool sent, int status,
                           std::string_view why) {
  log_.error(
      "records.airtable_failed",
      {Field::safe("cause", message), Field::safe("class", why), {"status", std::int64_t{status}}});
  return Error{code, std::move(message), sent ? kSent : kNotSent};
}

}  // namespace dugout::records

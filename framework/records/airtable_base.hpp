// One base of Airtable over HTTP: one request at a time within the rate and a deadline, and what
// came back as a value or an error. The cause of a failure goes to the log, without a word of what
// was asked or answered. [worker]
#pragma once

#include <string>
#include <string_view>

#include "core/json.hpp"
#include "host/host.hpp"
#include "observability/log.hpp"
#include "records/airtable_rate.hpp"

namespace dugout::records {

struct AirtableOptions {
  std::string api_key, base_id;
  std::string base_url = "https://api.airtable.com";  // no slash at the end
  std::map<std::string, std::string> tables;          // of records/1 -> id or name at Airtable
  core::Duration timeout = std::chrono::seconds(5);   // of one try
  core::Duration deadline = std::chrono::seconds(8);  // of an operation; a parent waits for it
};

class AirtableBase {
 public:
  // REQUIRES: all outlive it.
  AirtableBase(const AirtableOptions& options, host::HttpService& http, core::Clock& clock,
               observability::Log& log)
      : options_(options), http_(http), clock_(clock), log_(log), rate_(clock) {}

  // Until when an operation that begins now may take.
  core::MonoTime deadline() const { return clock_.now() + options_.deadline; }

  // `path` behind /v0/BASE/, escaped. The answer's JSON object.
  // kNotFound: no such record (or table). kInvalid: Airtable refuses what was sent. kUnavailable:
  // no answer of worth; detail = {"sent": may the request have been worked on?}.
  Outcome<core::Json> get(const std::string& path, core::MonoTime deadline);
  Outcome<core::Json> post(const std::string& path, const core::Json& body,
                           core::MonoTime deadline);
  Outcome<core::Json> patch(const std::string& path, const core::Json& body,
                            core::MonoTime deadline);
  // The tables of the base with their fields.
  Outcome<core::Json> schema(core::MonoTime deadline);

 private:
  Outcome<core::Json> ask(host::HttpCall call, core::MonoTime deadline);
  Outcome<core::Json> read(const host::HttpAnswer& answer, const host::HttpCall& call);
  host::HttpCall call(std::string method, std::string url, host::Effects effect) const;
  Error failed(Code code, std::string message, bool sent, int status, std::string_view why);

  const AirtableOptions& options_;
  host::HttpService& http_;
  core::Clock& clock_;
  observability::Log& log_;
  AirtableRate rate_;
};

}  // namespace dugout::records

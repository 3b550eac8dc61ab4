// One family's data: what is kept of it here as a document, and its removal without a trace. Over
// one connection of its own, beside a server that may be running. [worker]
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "store/subject_search.hpp"

namespace dugout::store {

// JSON: {"conversations", "records", "jobs", "events", "tool_calls"}, for people to read.
// Results of jobs are left out: one run may speak of several families.
Outcome<std::string> export_subject(Database& database, const Subject& subject);

// Removes all of it in one transaction, and keeps: of a registration on which money has moved, a
// row of `payments_kept` with amounts, dates and the payment service's ids; and a row of
// `privacy_audit` that says when and how much, and nothing of whom. Returns what was found, as it
// was removed, by kind. REQUIRES: no transaction is open. After it, scrub().
struct Erased {
  Subject subject;
  std::map<std::string, std::int64_t> counts;
};
Outcome<Erased> erase_subject(Database& database, SubjectMarks& marks, const SubjectQuery& query,
                              std::int64_t now_ms);

// Rewrites the file, so that no free page and no log of it holds what was deleted.
// kConflict when somebody is reading just now and the log could not be cut short.
Status scrub(Database& database);

// How much of each kind there is: "conversations", "messages", "rows of registrations", ...
Outcome<std::map<std::string, std::int64_t>> count_subject(Database& database,
                                                           const Subject& subject);

}  // namespace dugout::store

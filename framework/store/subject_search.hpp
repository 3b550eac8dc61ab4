// What belongs to one family: found from an email, a phone number or a conversation, by following
// the ids from row to row until nothing new turns up. Over one connection, inside whatever
// transaction is open. [worker]
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "store/sqlite.hpp"

namespace dugout::store {

// Who is asked about; at least one is set. A session alone gives that conversation and what shares
// an id with it; email and phone give every conversation and row in which they stand.
struct SubjectQuery {
  std::string email, phone, session;
};

// One row of the table of records.
struct SubjectRow {
  std::int64_t number = 0;
  std::string table, id, body;
  bool seeded = false;  // from YAML, and there again at the next start
};

struct Subject {
  std::set<std::string> sessions;
  std::map<std::string, std::set<std::string>> ids;  // by the name they were found under
  std::map<std::int64_t, SubjectRow> rows;           // by number
  std::set<std::string> jobs;                        // ids of jobs that speak of the family
  std::set<std::string> journal;                     // keys of calls outside its conversations

  bool empty() const { return sessions.empty() && rows.empty() && jobs.empty(); }
};

// Recognises a family in texts and JSON. Contacts count only as whole values.
class SubjectMarks {
 public:
  explicit SubjectMarks(const SubjectQuery& query);

  bool in_json(std::string_view text) const;
  // In a key or an address: an id between other signs; contacts between bars.
  bool in_text(std::string_view text) const;
  // Also inside sentences, for files: an id, the email, or the phone number in any form.
  bool in_file(std::string_view text) const;

  // Keeps ids under names that are known to be a family's own. True when one of them is new.
  bool learn(const std::string& name, const nlohmann::json& value);
  bool learn_session(const std::string& id);

  const std::map<std::string, std::set<std::string>>& ids() const { return ids_; }
  const std::set<std::string>& sessions() const { return sessions_; }

 private:
  bool in_value(const nlohmann::json& value) const;
  bool has_id(std::string_view text) const;
  bool is_contact(std::string_view text) const;

  std::string email_, phone_;  // in normal form; empty = not asked for
  std::set<std::string> sessions_, known_;
  std::map<std::string, std::set<std::string>> ids_;
};

// "+44 7700 900 123" -> "07700900123"; empty when it is no number of a phone.
std::string plain_phone(std::string_view text);

Outcome<Subject> find_subject(Database& database, SubjectMarks& marks, const SubjectQuery& query);

}  // namespace dugout::store

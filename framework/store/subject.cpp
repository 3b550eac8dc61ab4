#include "store/subject.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/random.hpp"

namespace dugout::store {
namespace {

using core::Json;

Json value_of(const std::string& text) {
  auto parsed = core::parse_json(text);
  return parsed ? *std::move(parsed) : Json(text);
}

// Every row of a query with the named columns; those that end in "_json" are JSON texts.
Outcome<Json> listed(Query query, const std::vector<std::string>& columns) {
  Json out = Json::array();
  while (query.next()) {
    Json one = Json::object();
    for (int at = 0; at < static_cast<int>(columns.size()); ++at) {
      const auto& name = columns[static_cast<std::size_t>(at)];
      const auto text = query.text(at);
      if (text.empty()) continue;
      if (name.ends_with("_json")) {
        one[name.substr(0, name.size() - 5)] = value_of(text);
      } else {
        one[name] = text;
      }
    }
    out.push_back(std::move(one));
  }
  if (query.failed()) return query.error();
  return out;
}

constexpr const char* kTime = "strftime('%Y-%m-%dT%H:%M:%SZ', {} / 1000, 'unixepoch')";

std::string with_times(std::string sql) {
  for (auto open = sql.find("time("); open != sql.npos; open = sql.find("time(", open)) {
    const auto close = sql.find(')', open);
    std::string made = kTime;
    made.replace(made.find("{}"), 2, sql.substr(open + 5, close - open - 5));
    sql.replace(open, close - open + 1, made);
    open += made.size();
  }
  return sql;
}

Outcome<Json> conversation(Database& database, const std::string& id) {
  Json out{{"session", id}};
  const auto add = [&](const char* name, const char* sql,
                       const std::vector<std::string>& columns) -> Status {
    auto rows = listed(Query(database, with_times(sql), {id}), columns);
    if (!rows) return rows.error();
    out[name] = *std::move(rows);
    return Done{};
  };
  for (const auto& done :
       {add("state",
            "SELECT agent, record, time(created_ms), time(updated_ms) FROM sessions "
            "WHERE id = ?1",
            {"agent", "record_json", "created", "updated"}),
        add("messages", "SELECT role, content FROM messages WHERE session = ?1 ORDER BY sequence",
            {"role", "content"}),
        add("turns",
            "SELECT time(accepted_ms), request, reply FROM turns WHERE session = ?1 "
            "ORDER BY number",
            {"at", "request_json", "reply_json"}),
        add("model_attempts",
            "SELECT body FROM attempts JOIN turns ON turns.id = attempts.turn "
            "WHERE session = ?1 ORDER BY turns.number, position",
            {"attempt_json"}),
        add("tool_calls",
            "SELECT tool, time(intended_ms), arguments, result FROM journal "
            "WHERE session = ?1 ORDER BY intended_ms",
            {"tool", "at", "arguments_json", "result_json"})}) {
    if (!done) return done.error();
  }
  return out;
}

// The same statement for each key; `sql` has it as ?1.
template <typename Keys>
Status for_each(Database& database, const Keys& keys, std::initializer_list<const char*> sqls,
                std::int64_t* changed = nullptr) {
  for (const auto& key : keys) {
    for (const auto* sql : sqls) {
      if (auto done = database.run(sql, {std::string_view(key)}); !done) return done;
      if (changed != nullptr) *changed += database.changes();
    }
  }
  return Done{};
}

bool money_moved(const Json& row) {
  if (core::member(row, "signing_on_fee_paid") == "Y") return true;
  if (core::member(row, "subscription_activated") == "Y") return true;
  for (const auto& [name, value] : row.items()) {
    if (name.ends_with("subscription_payment_status")) return true;
  }
  return false;
}

Json kept_subscription(const Json& row) {
  Json out = Json::object();
  for (const auto* name :
       {"kind", "amount_pence", "start_date", "end_date", "subscription_id", "status"}) {
    if (row.contains(name)) out[name] = row[name];
  }
  return out;
}

// What accounts need of a payment, and nothing that names a person.
Json kept_payment(const Json& registration, const Subject& subject) {
  Json out{{"id", core::new_id("paid_")}};
  for (const auto* name :
       {"season", "billing_request_id", "earlier_billing_request_ids", "mandate_id",
        "signing_on_fee_amount", "monthly_subscription_amount", "signing_on_fee_paid",
        "mandate_authorised", "subscription_activated", "subscription_status",
        "subscription_start_date", "ongoing_subscription_id", "interim_subscription_id",
        "initial_db_write_timestamp"}) {
    if (registration.contains(name)) out[name] = registration[name];
  }
  for (const auto& [name, value] : registration.items()) {
    if (name.ends_with("subscription_payment_status")) out[name] = value;
  }
  for (const auto& [number, row] : subject.rows) {
    const auto body = value_of(row.body);
    if (core::member(body, "billing_request_id") != core::member(out, "billing_request_id")) {
      continue;
    }
    if (body.contains("payment_id")) out[row.table + "_payment_id"] = body["payment_id"];
    if (row.table == "subscriptions") out["subscriptions"].push_back(kept_subscription(body));
  }
  return out;
}

Status keep(Database& database, const char* table, const Json& row, std::int64_t now_ms) {
  return database.run(
      "INSERT INTO records(table_name, id, unique_key, body, seeded, created_ms, updated_ms) "
      "VALUES(?1, ?2, NULL, ?3, 0, ?4, ?4)",
      {table, core::member(row, "id"), core::canonical(row), now_ms});
}

Status keep_payments(Database& database, const Subject& subject, std::int64_t now_ms,
                     std::map<std::string, std::int64_t>& counts) {
  for (const auto& [number, row] : subject.rows) {
    if (row.table != "registrations") continue;
    const auto body = value_of(row.body);
    if (!body.is_object() || !money_moved(body)) continue;
    if (auto done = keep(database, "payments_kept", kept_payment(body, subject), now_ms); !done) {
      return done;
    }
    ++counts["payments kept without a name"];
  }
  return Done{};
}

Status remove(Database& database, const Subject& subject) {
  auto done =
      for_each(database, subject.sessions,
               {"DELETE FROM attempts WHERE turn IN (SELECT id FROM turns WHERE session = "
                "?1)",
                "DELETE FROM messages WHERE session = ?1", "DELETE FROM journal WHERE session = ?1",
                "DELETE FROM turns WHERE session = ?1",
                // Where it stood is kept as a count (traffic.hpp).
                "INSERT INTO gone SELECT agent, routine, 1 FROM sessions WHERE routine > 0 "
                "AND id = ?1 ON CONFLICT DO UPDATE SET sessions = sessions + 1",
                "DELETE FROM sessions WHERE id = ?1"});
  if (!done) return done;
  done = for_each(database, subject.journal, {"DELETE FROM journal WHERE key = ?1"});
  if (!done) return done;
  for (const auto& [number, row] : subject.rows) {
    if (done = database.run("DELETE FROM records WHERE number = ?1", {number}); !done) return done;
  }
  return for_each(database, subject.jobs,
                  {"DELETE FROM events WHERE job = ?1", "DELETE FROM jobs WHERE id = ?1"});
}

Outcome<Erased> erase_all(Database& database, SubjectMarks& marks, const SubjectQuery& query,
                          std::int64_t now_ms) {
  auto subject = find_subject(database, marks, query);
  if (!subject) return subject.error();
  auto counts = count_subject(database, *subject);
  if (!counts) return counts.error();
  Erased out{*std::move(subject), *std::move(counts)};
  if (out.subject.empty()) return out;
  if (auto done = keep_payments(database, out.subject, now_ms, out.counts); !done) {
    return done.error();
  }
  if (auto done = remove(database, out.subject); !done) return done.error();
  const Json audit{{"id", core::new_id("audit_")},
                   {"what", "subject erased"},
                   {"at_ms", now_ms},
                   {"counts", out.counts}};
  if (auto done = keep(database, "privacy_audit", audit, now_ms); !done) return done.error();
  return out;
}

Outcome<std::int64_t> counted(Database& database, const char* sql, std::string_view key) {
  Query row(database, sql, {key});
  if (row.next()) return row.integer(0);
  return row.failed() ? row.error() : Error{Code::kInternal, "nothing was counted"};
}

}  // namespace

Outcome<std::string> export_subject(Database& database, const Subject& subject) {
  Json out{{"conversations", Json::array()}, {"records", Json::object()}};
  for (const auto& id : subject.sessions) {
    auto one = conversation(database, id);
    if (!one) return one.error();
    out["conversations"].push_back(*std::move(one));
  }
  for (const auto& [number, row] : subject.rows) {
    auto body = value_of(row.body);
    if (body.is_object()) body.erase("salt");  // what the name of a private file is made of
    out["records"][row.table].push_back(std::move(body));
  }
  const auto add = [&](const char* name, const std::set<std::string>& keys, const char* sql,
                       const std::vector<std::string>& columns) -> Status {
    out[name] = Json::array();
    for (const auto& key : keys) {
      const auto rows = listed(Query(database, with_times(sql), {std::string_view(key)}), columns);
      if (!rows) return rows.error();
      for (const auto& row : *rows) out[name].push_back(row);
    }
    return Done{};
  };
  for (const auto& done :
       {add("jobs", subject.jobs,
            "SELECT kind, state, time(created_ms), arguments FROM jobs WHERE id = ?1",
            {"kind", "state", "created", "arguments_json"}),
        add("events", subject.jobs,
            "SELECT source, id, time(received_ms) FROM events WHERE job = ?1",
            {"source", "id", "received"}),
        add("tool_calls", subject.journal,
            "SELECT tool, time(intended_ms), arguments FROM journal WHERE key = ?1",
            {"tool", "at", "arguments_json"})}) {
    if (!done) return done.error();
  }
  return core::canonical(out);
}

Outcome<std::map<std::string, std::int64_t>> count_subject(Database& database,
                                                           const Subject& subject) {
  std::map<std::string, std::int64_t> out;
  const auto count = [&](const char* name, std::size_t size) {
    if (size > 0) out[name] = static_cast<std::int64_t>(size);
  };
  count("conversations", subject.sessions.size());
  count("jobs", subject.jobs.size());
  count("tool calls of jobs", subject.journal.size());
  for (const auto& id : subject.sessions) {
    const auto messages = counted(database, "SELECT count(*) FROM messages WHERE session = ?1", id);
    if (!messages) return messages.error();
    if (*messages > 0) out["messages"] += *messages;
  }
  for (const auto& [number, row] : subject.rows) ++out["rows of " + row.table];
  return out;
}

Outcome<Erased> erase_subject(Database& database, SubjectMarks& marks, const SubjectQuery& query,
                              std::int64_t now_ms) {
  // What is deleted is also overwritten, in this file and in its log.
  if (auto done = database.script("PRAGMA secure_delete = ON"); !done) return done.error();
  if (auto begun = database.run("BEGIN IMMEDIATE"); !begun) return begun.error();
  auto erased = erase_all(database, marks, query, now_ms);
  const auto ended = database.run(erased ? "COMMIT" : "ROLLBACK");
  if (!erased) return erased;
  if (!ended) {
    if (database.in_transaction()) (void)database.run("ROLLBACK");
    return ended.error();
  }
  return erased;
}

Status scrub(Database& database) {
  if (auto done = database.script("VACUUM"); !done) return done;
  Query row(database, "PRAGMA wal_checkpoint(TRUNCATE)");
  if (!row.next()) return row.failed() ? Status(row.error()) : Status(database.failure());
  if (row.integer(0) == 0) return Done{};
  return Error{Code::kConflict, "somebody is reading the database just now"};
}

}  // namespace dugout::store

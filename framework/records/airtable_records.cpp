#include "records/airtable_records.hpp"

#include <functional>
#include <nlohmann/json.hpp>

#include "core/random.hpp"
#include "records/airtable_values.hpp"

namespace dugout::records {
namespace {

using core::Json;

constexpr int kMostPages = 200;  // of 100 records each

Outcome<Json> object_of(std::string_view text, const char* what) {
  auto parsed = core::parse_json(text);
  if (!parsed) return Error{Code::kInvalid, std::string(what) + ": " + parsed.error().message};
  if (!parsed->is_object()) return Error{Code::kInvalid, std::string(what) + " is no JSON object"};
  return parsed;
}

// A record as Airtable answers it, or what is wrong with it.
Outcome<Json> row_in(const Outcome<Json>& answer) {
  if (!answer) return answer.error();
  if (core::member(*answer, "id").empty()) {
    return Error{Code::kUnavailable, "Airtable does not answer as it should", R"({"sent":true})"};
  }
  return row_of(*answer);
}

bool may_be_done(const Error& error) {
  return error.code == Code::kUnavailable && error.detail == R"({"sent":true})";
}

bool has_object(const Json& changes) {
  for (const auto& [name, value] : changes.items()) {
    if (value.is_object()) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> AirtableRecords::path_of(std::string_view table) const {
  const auto found = options_.tables.find(std::string(table));
  if (found == options_.tables.end()) return std::nullopt;
  return url_escaped(found->second);
}

Outcome<Json> AirtableRecords::get_record(const std::string& path, std::string_view id,
                                          core::MonoTime deadline) {
  if (!is_record_id(id)) return Error{Code::kNotFound, "no row of this id"};
  return row_in(base_.get(path + "/" + std::string(id), deadline));
}

Outcome<Json> AirtableRecords::list(const std::string& path, const Json& where, bool by_key,
                                    core::MonoTime deadline) {
  const auto condition = formula(where);
  if (!condition) return condition.error();
  auto first = path + "?pageSize=100";
  if (!condition->empty()) first += "&filterByFormula=" + url_escaped(*condition);
  Json rows = Json::array();
  std::string offset;
  for (int page = 0; page < kMostPages; ++page) {
    const auto answer =
        base_.get(offset.empty() ? first : first + "&offset=" + url_escaped(offset), deadline);
    if (!answer) {
      if (answer.error().code != Code::kNotFound) return answer.error();
      return Error{Code::kUnavailable, "Airtable knows no such table; see services.records.tables"};
    }
    const auto records = answer->find("records");
    if (records == answer->end() || !records->is_array()) {
      return Error{Code::kUnavailable, "Airtable does not answer as it should"};
    }
    for (const auto& record : *records) {
      if (core::member(record, "id").empty()) continue;
      auto row = row_of(record);
      if (by_key || has_all(row, where)) rows.push_back(std::move(row));
    }
    offset = core::member(*answer, "offset");
    if (offset.empty()) return rows;
  }
  return Error{Code::kUnavailable, "the table at Airtable is too large to be searched"};
}

Outcome<std::string> AirtableRecords::find(std::string_view table, std::string_view where) {
  const auto path = path_of(table);
  if (!path) return store_.find_rows(table, where);
  auto wanted = object_of(where, "where");
  if (!wanted) return wanted.error();
  const auto deadline = base_.deadline();
  const auto id = core::member(*wanted, "id");
  if (!wanted->contains("id")) {
    const auto rows = list(*path, *wanted, false, deadline);
    return rows ? Outcome<std::string>(core::canonical(*rows)) : rows.error();
  }
  const auto row = get_record(*path, id, deadline);
  if (!row && row.error().code != Code::kNotFound) return row.error();
  auto rows = Json::array();
  if (row && has_all(*row, *wanted)) rows.push_back(*row);
  return core::canonical(rows);
}

Outcome<AirtableRecords::Claim> AirtableRecords::claim(std::string_view table,
                                                       std::string_view unique) {
  const auto key = core::new_id("key_");
  if (unique.empty()) return Claim{key, "", true};
  const Json row{{"id", key}, {"table", table}, {"record", ""}};
  const auto claimed =
      store_.insert_row(kClaimsTable, std::string(table) + "|" + std::string(unique), row.dump());
  if (claimed) return Claim{key, "", true};
  if (claimed.error().code != Code::kConflict) return claimed.error();
  const auto holds = core::parse_json(claimed.error().detail);
  if (!holds) return Error{Code::kInternal, "a claim cannot be read"};
  return Claim{core::member(*holds, "id"), core::member(*holds, "record"), false};
}

Outcome<Json> AirtableRecords::holder(const std::string& path, const Claim& claim,
                                      core::MonoTime deadline) {
  if (claim.fresh) return Json(nullptr);
  if (!claim.record.empty()) {
    auto row = get_record(path, claim.record, deadline);
    // Who deletes a record at Airtable means it: the key is free again.
    if (row || row.error().code != Code::kNotFound) return row;
  }
  const auto found = list(path, Json{{kAirtableKey, claim.key}}, true, deadline);
  if (!found) return found.error();
  if (found->empty()) return Json(nullptr);
  if (auto done = remember(claim, core::member(found->front(), "id")); !done) return done.error();
  return found->front();
}

Status AirtableRecords::remember(const Claim& claim, const std::string& record) {
  const auto done =
      store_.update_row(kClaimsTable, claim.key, core::canonical(Json{{"record", record}}));
  return done ? Status(Done{}) : Status(done.error());
}

Outcome<Json> AirtableRecords::create(const std::string& path, const Json& row, const Claim& claim,
                                      core::MonoTime deadline) {
  auto fields = to_fields(row);
  for (auto at = fields.begin(); at != fields.end();) at = at->is_null() ? fields.erase(at) : ++at;
  fields[kAirtableKey] = claim.key;
  auto made = row_in(base_.post(path, Json{{"fields", fields}, {"typecast", true}}, deadline));
  if (made || !may_be_done(made.error())) return made;
  // The record may have been made all the same: its key tells.
  const auto found = list(path, Json{{kAirtableKey, claim.key}}, true, deadline);
  if (found && !found->empty()) return found->front();
  return made;
}

Outcome<std::string> AirtableRecords::insert(std::string_view table, std::string_view unique,
                                             std::string_view row) {
  const auto path = path_of(table);
  if (!path) return store_.insert_row(table, unique, row);
  const auto fresh = object_of(row, "row");
  if (!fresh) return fresh.error();
  if (fresh->contains("id")) {
    return Error{Code::kInvalid, "the ids of rows are Airtable's to give"};
  }
  const auto deadline = base_.deadline();
  std::unique_lock<std::mutex> lane;
  if (!unique.empty()) {
    lane = std::unique_lock(lanes_[std::hash<std::string_view>()(unique) % lanes_.size()]);
  }
  const auto held = claim(table, unique);
  if (!held) return held.error();
  const auto other = holder(*path, *held, deadline);
  if (!other) return other.error();
  if (!other->is_null()) {
    return Error{Code::kConflict, "another row holds this key", core::canonical(*other)};
  }
  const auto made = create(*path, *fresh, *held, deadline);
  if (!made) return made.error();
  const auto id = core::member(*made, "id");
  if (!unique.empty()) {
    if (const auto done = remember(*held, id); !done) return done.error();
  }
  return core::canonical(Json{{"id", id}});
}

Outcome<std::string> AirtableRecords::update(std::string_view table, std::string_view id,
                                             std::string_view changes) {
  const auto path = path_of(table);
  if (!path) return store_.update_row(table, id, changes);
  auto wanted = object_of(changes, "changes");
  if (!wanted) return wanted.error();
  if (wanted->contains("id") && core::member(*wanted, "id") != id) {
    return Error{Code::kInvalid, "the id of a row stays"};
  }
  if (!is_record_id(id)) return Error{Code::kNotFound, "no row of this id"};
  const auto deadline = base_.deadline();
  if (has_object(*wanted)) {  // merged here: Airtable knows cells, not what is in them
    auto before = get_record(*path, id, deadline);
    if (!before) return before.error();
    auto after = *before;
    after.merge_patch(*wanted);
    for (auto& [name, value] : wanted->items()) value = after.value(name, Json(nullptr));
  }
  const auto row =
      row_in(base_.patch(*path + "/" + std::string(id),
                         Json{{"fields", to_fields(*wanted)}, {"typecast", true}}, deadline));
  if (!row) return row.error();
  return core::canonical(*row);
}

}  // namespace dugout::records

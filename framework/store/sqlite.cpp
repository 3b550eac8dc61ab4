#include "store/sqlite.hpp"

#include <sqlite3.h>

#include "store/matching.hpp"
#include "store/short_form.hpp"
#include "store/trouble.hpp"

namespace dugout::store {
namespace {

// Which of our codes a result code of SQLite means. Whatever a person at the machine can mend
// (disk, permissions, a lock, a damaged file) is kUnavailable.
Code code_of_sqlite(int result) {
  switch (result & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
      return Code::kUnavailable;
    case SQLITE_CONSTRAINT:
      return Code::kConflict;
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
      return Code::kInvalid;
    default:
      return Code::kInternal;
  }
}

int bind(sqlite3_stmt* statement, int index, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return sqlite3_bind_int64(statement, index, *number);
  }
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    // An empty view may carry a null pointer, which SQLite would take for NULL.
    const char* data = text->empty() ? "" : text->data();
    return sqlite3_bind_text64(statement, index, data, text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  return sqlite3_bind_null(statement, index);
}

}  // namespace

Outcome<std::unique_ptr<Database>> Database::open(const std::string& path, OpenOptions options) {
  sqlite3* handle = nullptr;
  // Whoever reads makes no file: where one was removed, an empty one must not take its place.
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (options.read_only ? 0 : SQLITE_OPEN_CREATE);
  const int result = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  if (handle == nullptr) return Error{Code::kUnavailable, "no memory for a database connection"};
  std::unique_ptr<Database> database(new Database(handle));
  if (result != SQLITE_OK) return database->failure();
  if (const auto done = database->configure(options); !done) return done.error();
  return database;
}

Status Database::configure(OpenOptions options) {
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, static_cast<int>(options.busy_timeout.count()));
  if (!register_matches(handle_) || !register_short_form(handle_)) return failure();
  {
    Query mode(*this, "PRAGMA journal_mode = WAL");
    if (!mode.next()) return mode.failed() ? mode.error() : failure();
    if (mode.text(0) != "wal") {
      return Error{Code::kUnavailable,
                   "the file system of the database cannot do write-ahead logging"};
    }
  }
  // trusted_schema: a file from elsewhere must not run functions out of its own schema.
  const auto set =
      script("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;");
  if (!set || !options.read_only) return set;
  return script("PRAGMA query_only = ON;");
}

Database::~Database() {
  for (const auto& [sql, statements] : idle_) {
    for (auto* statement : statements) sqlite3_finalize(statement);
  }
  sqlite3_close_v2(handle_);
}

Status Database::run(std::string_view sql, std::initializer_list<Value> values) {
  Query query(*this, sql, values);
  while (query.next()) {
  }
  if (query.failed()) return query.error();
  return Done{};
}

Status Database::script(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure();
  return Done{};
}

std::int64_t Database::total_changes() const {
  return sqlite3_total_changes64(handle_);
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(handle_);
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(handle_) == 0;
}

Error Database::failure() const {
  const int result = sqlite3_extended_errcode(handle_);
  auto message = std::string("database: ") + sqlite3_errmsg(handle_) + " (SQLite code " +
                 std::to_string(result) + ")";
  const auto code = code_of_sqlite(result);
  if (code == Code::kUnavailable) return error_of(trouble_of_sqlite(result), std::move(message));
  return Error{code, std::move(message)};
}

sqlite3_stmt* Database::take(std::string_view sql) {
  auto& idle = idle_[std::string(sql)];
  if (!idle.empty()) {
    auto* statement = idle.back();
    idle.pop_back();
    return statement;
  }
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                     &statement, nullptr);
  return statement;
}

void Database::give_back(std::string_view sql, sqlite3_stmt* statement) {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  idle_[std::string(sql)].push_back(statement);
}

Query::Query(Database& database, std::string_view sql, std::initializer_list<Value> values)
    : database_(database), sql_(sql), statement_(database.take(sql)) {
  if (statement_ == nullptr) fail();
  int index = 0;
  for (const auto& value : values) {
    if (!failed_ && bind(statement_, ++index, value) != SQLITE_OK) fail();
  }
}

Query::~Query() {
  if (statement_ != nullptr) database_.give_back(sql_, statement_);
}

void Query::fail() {
  failed_ = true;
  error_ = database_.failure();
}

bool Query::next() {
  if (failed_) return false;
  const int result = sqlite3_step(statement_);
  if (result != SQLITE_ROW && result != SQLITE_DONE) fail();
  return result == SQLITE_ROW;
}

std::string Query::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (data == nullptr) return {};
  return std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

std::int64_t Query::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

}  // namespace dugout::store

// A thin layer over SQLite's C interface: connections, cached prepared statements, and errors as
// `Error`. Values are always bound, never pasted into SQL. A Database and its queries belong to one
// thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "dugout/sdk/outcome.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace dugout::store {

using Value = std::variant<std::nullptr_t, std::int64_t, std::string_view>;

struct OpenOptions {
  bool read_only = false;
  std::chrono::milliseconds busy_timeout{5000};
};

class Database {
 public:
  // Opens an existing or a new file: WAL, foreign keys on, synchronous FULL.
  static Outcome<std::unique_ptr<Database>> open(const std::string& path, OpenOptions options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs one statement to its end.
  Status run(std::string_view sql, std::initializer_list<Value> values = {});
  // Runs several statements without values, such as a migration.
  Status script(const char* sql);

  // All of it, as it is now, into `other`; backup.cpp. `progress`: pages done, of so many;
  // false = kCancelled.
  Status copy_to(Database& other, const std::function<bool(int, int)>& progress);

  std::int64_t changes() const;        // rows changed by the last statement
  std::int64_t total_changes() const;  // by all statements so far; those undone as well
  bool in_transaction() const;         // SQLite ends one by itself after some failures
  Error failure() const;               // what the last failed call says

 private:
  friend class Query;
  explicit Database(sqlite3* handle) : handle_(handle) {}
  Status configure(OpenOptions options);
  sqlite3_stmt* take(std::string_view sql);
  void give_back(std::string_view sql, sqlite3_stmt* statement);

  sqlite3* handle_;
  std::unordered_map<std::string, std::vector<sqlite3_stmt*>> idle_;
};

// One run of one statement: for (Query q(db, sql, {...}); q.next();) ...; if (q.failed()) ...
// The statement goes back to its connection's cache at the end of scope.
class Query {
 public:
  Query(Database& database, std::string_view sql, std::initializer_list<Value> values = {});
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  bool next();  // true = a row is there; false = the end, or a failure
  bool failed() const { return failed_; }
  const Error& error() const { return error_; }  // REQUIRES: failed().

  // REQUIRES: the last next() was true. NULL reads as "" and 0.
  std::string text(int column) const;
  std::int64_t integer(int column) const;

 private:
  void fail();

  Database& database_;
  const std::string sql_;
  sqlite3_stmt* statement_;
  bool failed_ = false;
  Error error_;
};

}  // namespace dugout::store

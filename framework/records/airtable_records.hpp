// records/1 over a base of Airtable, for the tables that the settings map to it; all others stay in
// the store. Airtable has no unique keys, so a key is claimed in the store first, and the record
// carries the claim's id in the column dugout_key: after a crash between claim and record, that
// column tells whether the record was made. REQUIRES: one server per store, as SQLite has it.
// [worker]
#pragma once

#include <array>
#include <mutex>
#include <optional>

#include "records/airtable_base.hpp"
#include "store/store.hpp"

namespace dugout::records {

// Where claims are kept; the rows are {"id": the claim, "table", "record"}.
inline constexpr auto kClaimsTable = "airtable_keys";

class AirtableRecords final : public host::RecordService {
 public:
  // REQUIRES: all outlive it.
  AirtableRecords(AirtableOptions options, store::Store& store, host::HttpService& http,
                  core::Clock& clock, observability::Log& log)
      : options_(std::move(options)), store_(store), base_(options_, http, clock, log) {}

  Outcome<std::string> find(std::string_view table, std::string_view where) override;
  Outcome<std::string> insert(std::string_view table, std::string_view unique,
                              std::string_view row) override;
  Outcome<std::string> update(std::string_view table, std::string_view id,
                              std::string_view changes) override;

  AirtableBase& base() { return base_; }
  const AirtableOptions& options() const { return options_; }

 private:
  struct Claim {
    std::string key;     // of the column dugout_key
    std::string record;  // empty = not known to be made
    bool fresh = false;
  };

  // The path of a mapped table; nullopt: it stays in the store.
  std::optional<std::string> path_of(std::string_view table) const;
  Outcome<core::Json> get_record(const std::string& path, std::string_view id,
                                 core::MonoTime deadline);
  // Rows with all members of `where`, in Airtable's order.
  Outcome<core::Json> list(const std::string& path, const core::Json& where, bool by_key,
                           core::MonoTime deadline);
  Outcome<Claim> claim(std::string_view table, std::string_view unique);
  // The row that holds the claim already; null: none does.
  Outcome<core::Json> holder(const std::string& path, const Claim& claim, core::MonoTime deadline);
  Outcome<core::Json> create(const std::string& path, const core::Json& row, const Claim& claim,
                             core::MonoTime deadline);
  Status remember(const Claim& claim, const std::string& record);

  const AirtableOptions options_;
  store::Store& store_;
  AirtableBase base_;
  // Inserts of one unique key happen one after the other: between claim and record nobody else may
  // conclude that there is no record.
  std::array<std::mutex, 16> lanes_;
};

}  // namespace dugout::records

// Has the base of Airtable the tables and columns that rows need? Asked at start, so that a missing
// column is not first met by a parent. [worker]
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"
#include "core/json.hpp"
#include "records/airtable_records.hpp"

namespace dugout::records {

// What tools write and look for in the rows of one table.
struct Columns {
  std::vector<std::string> needed, used;  // in every row; in some
  std::vector<std::string> numbers = {};  // of those that hold a number and no text
  bool written = true;                    // rows are added, so there must be a dugout_key
};
using KnownColumns = std::map<std::string, Columns>;  // by table

// {"registrations": {"needed": [...], "used": [...], "numbers": [...], "written": true}, ...}
Outcome<KnownColumns> read_columns(std::string_view text);

// Without a connection one warning, as the server may start before its network. `file`: of the
// settings, for the findings.
core::Findings check_schema(AirtableRecords& records, const KnownColumns& known_columns,
                            const std::string& file);

// What is wrong with `schema`, the answer of Airtable's meta API, for these tables. Pure.
core::Findings compare_schema(const core::Json& schema,
                              const std::map<std::string, std::string>& tables,
                              const KnownColumns& known_columns, const std::string& file);

}  // namespace dugout::records

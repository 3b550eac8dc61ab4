// Rows of records/1 as fields of Airtable and back, and conditions as formulas. Texts, numbers and
// truth values go over as they are; what Airtable has no cell for (lists, objects) is JSON text
// behind a mark, so that a row reads as it was written. Pure functions. [any]
#pragma once

#include <string>
#include <string_view>

#include "core/json.hpp"

namespace dugout::records {

// The column that tells which claim a record belongs to; no tool sees it.
inline constexpr auto kAirtableKey = "dugout_key";

// The fields to send. An empty text and null clear a cell.
core::Json to_fields(const core::Json& row);
// The row of a record: its fields and its "id".
core::Json row_of(const core::Json& record);

// AND({team}='Lions',{age}=9), values escaped. "" for a condition without members (all rows).
// kInvalid for a member that cannot be the name of a column, or a value that no cell holds.
Outcome<std::string> formula(const core::Json& where);
// Has the row every member of `where` with an equal value? An absent one is "", null and false.
// Airtable's own comparison is not trusted with letter case.
bool has_all(const core::Json& row, const core::Json& where);

std::string url_escaped(std::string_view text);
// "recAbc123": nothing else may stand in a path.
bool is_record_id(std::string_view text);

}  // namespace dugout::records

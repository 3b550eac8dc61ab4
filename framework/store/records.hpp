// Rows of named tables as SQL over one connection; each row is a JSON object with an "id". The
// contracts are those of store.hpp.
//
// Rows are the application's or seeded (from YAML, by replace_rows). Replacing a table touches its
// seeded rows only; a seeded row that the application has changed is the application's from then
// on.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "store/sqlite.hpp"

namespace dugout::store {

// JSON text of an object, checked: bounded depth, valid UTF-8.
Outcome<nlohmann::json> parse_object(std::string_view text, std::string_view what);

Outcome<std::string> select_rows(Database& database, std::string_view table,
                                 const nlohmann::json& where);
// `row` holds its "id".
Outcome<std::string> add_row(Database& database, std::string_view table, std::string_view unique,
                             const nlohmann::json& row, std::int64_t now_ms);
// JSON merge patch (RFC 7396): null removes a member. The id stays.
Outcome<std::string> merge_row(Database& database, std::string_view table, std::string_view id,
                               const nlohmann::json& changes, std::int64_t now_ms);
// A member "_unique" is taken out of the row and becomes its unique key. A row whose key or id the
// application holds is left out.
Status replace_rows(Database& database, std::string_view table,
                    const std::vector<nlohmann::json>& rows, std::int64_t now_ms);

}  // namespace dugout::store

#include "records/store_records.hpp"

namespace dugout::records {

Outcome<std::string> StoreRecords::find(std::string_view table, std::string_view where) {
  return store_.find_rows(table, where);
}

Outcome<std::string> StoreRecords::insert(std::string_view table, std::string_view unique,
                                          std::string_view row) {
  return store_.insert_row(table, unique, row);
}

Outcome<std::string> StoreRecords::update(std::string_view table, std::string_view id,
                                          std::string_view changes) {
  return store_.update_row(table, id, changes);
}

}  // namespace dugout::records

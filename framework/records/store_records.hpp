// records/1 over the store: what tools keep, in tables of JSON rows. [worker]
#pragma once

#include "host/host.hpp"
#include "store/store.hpp"

namespace dugout::records {

class StoreRecords final : public host::RecordService {
 public:
  explicit StoreRecords(store::Store& store) : store_(store) {}  // REQUIRES: outlives this

  Outcome<std::string> find(std::string_view table, std::string_view where) override;
  Outcome<std::string> insert(std::string_view table, std::string_view unique,
                              std::string_view row) override;
  Outcome<std::string> update(std::string_view table, std::string_view id,
                              std::string_view changes) override;

 private:
  store::Store& store_;
};

}  // namespace dugout::records

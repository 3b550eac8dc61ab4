// records/1 over the double of Airtable and a store of its own; tblReg stands for registrations.
#pragma once

#include "airtable_double.hpp"
#include "records/airtable_records.hpp"
#include "unit/store/store_fixture.hpp"

namespace dugout::test {

struct AirtableFixture : StoreFixture {
  using Json = nlohmann::json;

  std::string logged;
  observability::Log log{clock,
                         {observability::LogOptions::Format::kJson},
                         [this](std::string_view line) { logged += std::string(line) + "\n"; }};
  AirtableDouble airtable{clock};
  std::unique_ptr<records::AirtableRecords> records = make();

  std::unique_ptr<records::AirtableRecords> make(const std::string& key = "pat-test") {
    records::AirtableOptions options;
    options.api_key = key;
    options.base_id = "appTest";
    options.tables = {{"registrations", "tblReg"}};
    return std::make_unique<records::AirtableRecords>(options, *store, airtable, clock, log);
  }
  // What a crash leaves: the store and Airtable, and nothing of the process.
  void restart() {
    records.reset();
    reopen();
    records = make();
  }

  Json find(const Json& where, const std::string& table = "registrations") {
    const auto rows = records->find(table, where.dump());
    if (!rows) throw std::runtime_error(rows.error().message);
    return Json::parse(*rows);
  }
  std::string add(const Json& row, const std::string& unique = "") {
    const auto added = records->insert("registrations", unique, row.dump());
    if (!added) throw std::runtime_error(added.error().message);
    return Json::parse(*added)["id"];
  }
  std::vector<Json>& rows() { return airtable.tables["tblReg"]; }
  void answer_next(int status, const std::string& body, int times = 1) {
    for (int n = 0; n < times; ++n) {
      airtable.next.push_back([=](const host::HttpCall&) {
        return std::optional<Outcome<host::HttpAnswer>>(AirtableDouble::answer(status, body));
      });
    }
  }
  void break_next(const char* detail) {
    airtable.next.push_back([=](const host::HttpCall&) {
      return std::optional<Outcome<host::HttpAnswer>>(
          Error{Code::kUnavailable, "no connection", detail});
    });
  }
};

}  // namespace dugout::test

#include "records/airtable_schema.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "records/airtable_values.hpp"

namespace dugout::records {
namespace {

using core::Finding;
using core::Json;
using Names = std::vector<std::string>;

bool holds_text(const std::string& type) {
  static constexpr std::array<std::string_view, 7> kTypes = {
      "singleLineText", "multilineText", "richText", "email", "phoneNumber", "url", "singleSelect"};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

bool holds_number(const std::string& type) {
  return type == "number";
}

std::string joined(const Names& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

class TableCheck {
 public:
  TableCheck(const Json& table, std::string name, const std::string& file, core::Findings& out)
      : name_(std::move(name)), file_(file), out_(out) {
    const auto fields = table.value("fields", Json::array());
    for (const auto& field : fields) {
      types_[core::member(field, "name")] = core::member(field, "type");
    }
  }

  void run(const Columns& columns) {
    auto needed = columns.needed;
    if (columns.written) needed.emplace_back(kAirtableKey);
    absent(needed, Finding::Severity::kError, "has no column ",
           "add it there as a single line text");
    absent(columns.used, Finding::Severity::kWarning, "has no column ",
           "add it there as a single line text, or as a long text; a row that needs it is refused");
    absent(columns.numbers, Finding::Severity::kWarning, "has no column ",
           "add it there as a number; a row that needs it is refused");
    for (const auto& name : needed) must_be(name, holds_text, "a single line text");
    for (const auto& name : columns.numbers) must_be(name, holds_number, "a number");
  }

 private:
  void absent(const Names& names, Finding::Severity severity, const char* what, const char* hint) {
    Names missing;
    for (const auto& name : names) {
      if (!types_.contains(name)) missing.push_back(name);
    }
    if (missing.empty()) return;
    out_.push_back(
        {severity, file_, 0, 0, "Airtable: table " + name_ + " " + what + joined(missing), hint});
  }

  // Another type changes what is written: dates are turned round, computed ones refuse it.
  void must_be(const std::string& name, bool (*fits)(const std::string&), const char* wanted) {
    const auto found = types_.find(name);
    if (found == types_.end() || fits(found->second)) return;
    out_.push_back(
        {Finding::Severity::kError, file_, 0, 0,
         "Airtable: column " + name + " of table " + name_ + " is of type " + found->second,
         std::string("make it ") + wanted});
  }

  std::map<std::string, std::string> types_;
  const std::string name_;
  const std::string& file_;
  core::Findings& out_;
};

const Json* table_of(const Json& tables, const std::string& wanted) {
  for (const auto& table : tables) {
    if (core::member(table, "id") == wanted || core::member(table, "name") == wanted) return &table;
  }
  return nullptr;
}

}  // namespace

Outcome<KnownColumns> read_columns(std::string_view text) {
  const auto all = core::parse_json(text);
  if (!all) return all.error();
  if (!all->is_object()) return Error{Code::kWrongShape, "it is no object of tables"};
  try {
    KnownColumns out;
    for (const auto& [table, columns] : all->items()) {
      out[table] = {columns.value("needed", Names()), columns.value("used", Names()),
                    columns.value("numbers", Names()), columns.value("written", true)};
    }
    return out;
  } catch (const Json::exception&) {
    return Error{Code::kWrongShape, "each table has lists of names, and \"written\""};
  }
}

core::Findings compare_schema(const Json& schema, const std::map<std::string, std::string>& tables,
                              const KnownColumns& known_columns, const std::string& file) {
  core::Findings out;
  const auto there = schema.value("tables", Json::array());
  for (const auto& [name, wanted] : tables) {
    const auto* table = table_of(there, wanted);
    if (table == nullptr) {
      out.push_back(
          {Finding::Severity::kError, file, 0, 0,
           "Airtable: the base has no table \"" + wanted + "\"",
           "services.records.tables." + name + " takes the id (tbl...) or the name of a table"});
      continue;
    }
    const auto known = known_columns.find(name);
    TableCheck(*table, wanted, file, out)
        .run(known == known_columns.end() ? Columns{} : known->second);
  }
  return out;
}

core::Findings check_schema(AirtableRecords& records, const KnownColumns& known_columns,
                            const std::string& file) {
  auto& base = records.base();
  const auto schema = base.schema(base.deadline());
  if (schema) return compare_schema(*schema, records.options().tables, known_columns, file);
  const auto& error = schema.error();
  if (error.code == Code::kNotFound) {
    return {{Finding::Severity::kError, file, 0, 0, "Airtable knows no such base",
             "look at services.records.base_id (app...), and at what the api_key may see"}};
  }
  return {{Finding::Severity::kWarning, file, 0, 0, error.message,
           "the columns of the base are not checked; the api_key needs schema.bases:read for it"}};
}

}  // namespace dugout::records

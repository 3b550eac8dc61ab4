// Rows as Airtable has them, and conditions as its formulas.
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "records/airtable_values.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

FUZZ_TARGET(airtable) {
  require(records::url_escaped(input).find_first_of("/?#& ") == std::string::npos,
          "nothing leads on");
  if (records::is_record_id(input)) require(records::url_escaped(input) == input, "an id is plain");
  const auto row = core::parse_json(input);
  if (!row || !row->is_object()) return;
  const auto fields = records::to_fields(*row);
  const auto back = records::row_of({{"id", "recA"}, {"fields", fields}});
  for (const auto& [name, value] : row->items()) {
    if (name == "id" || name == records::kAirtableKey || value == "" || value.is_null()) continue;
    require(back.contains(name) && back[name] == value, "a row reads as it was written");
  }
  const auto formula = records::formula(*row);
  if (!formula) return;
  require(formula->find_first_of("\n\r") == std::string::npos, "a formula is one line");
}

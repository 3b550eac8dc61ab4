#include "store/matching.hpp"

#include <sqlite3.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>

namespace dugout::store {
namespace {

using Json = nlohmann::json;

Json parsed(sqlite3_value* value) {
  const auto* data = reinterpret_cast<const char*>(sqlite3_value_text(value));
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
  return Json::parse(std::string_view(data == nullptr ? "" : data, size), nullptr, false);
}

bool has_all(const Json& body, const Json& where) {
  if (!body.is_object()) return false;
  for (const auto& [key, value] : where.items()) {
    const auto found = body.find(key);
    if (found == body.end() || *found != value) return false;
  }
  return true;
}

void matches(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  // `where` is the same for all rows of a query: SQLite keeps its parsed form between the calls.
  auto* where = static_cast<Json*>(sqlite3_get_auxdata(context, 1));
  std::unique_ptr<Json> fresh;
  try {
    if (where == nullptr) {
      fresh = std::make_unique<Json>(parsed(values[1]));
      where = fresh.get();
    }
    sqlite3_result_int(context, has_all(parsed(values[0]), *where) ? 1 : 0);
  } catch (const std::exception&) {
    sqlite3_result_error_nomem(context);
  }
  if (fresh) {
    sqlite3_set_auxdata(context, 1, fresh.release(),
                        [](void* kept) { delete static_cast<Json*>(kept); });
  }
}

}  // namespace

bool register_matches(sqlite3* handle) {
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
  return sqlite3_create_function_v2(handle, "matches", 2, flags, nullptr, matches, nullptr, nullptr,
                                    nullptr) == SQLITE_OK;
}

}  // namespace dugout::store

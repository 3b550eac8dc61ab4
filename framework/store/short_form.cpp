#include "store/short_form.hpp"

#include <sqlite3.h>

#include <exception>
#include <string>
#include <string_view>

#include "core/random.hpp"

namespace dugout::store {
namespace {

void short_form(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  const auto* data = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(values[0]));
  try {
    const auto text = core::stable_hash(std::string_view(data == nullptr ? "" : data, size));
    sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  } catch (const std::exception&) {
    sqlite3_result_error_nomem(context);
  }
}

}  // namespace

bool register_short_form(sqlite3* handle) {
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
  return sqlite3_create_function_v2(handle, "short_form", 1, flags, nullptr, short_form, nullptr,
                                    nullptr, nullptr) == SQLITE_OK;
}

}  // namespace dugout::store

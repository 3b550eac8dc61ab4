// The attempt log as SQL over one connection. The contract is that of store.hpp.
#pragma once

#include <functional>
#include <string_view>

#include "store/attempt.hpp"
#include "store/sqlite.hpp"

namespace dugout::store {

Status visit_attempts(Database& database, const AttemptFilter& filter,
                      const std::function<void(std::string_view)>& visit);

}  // namespace dugout::store

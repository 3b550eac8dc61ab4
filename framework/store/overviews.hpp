// The sessions as operators see them, as SQL over one connection. The contracts are those of
// store.hpp.
#pragma once

#include <optional>
#include <string_view>

#include "store/overview.hpp"
#include "store/sqlite.hpp"

namespace dugout::store {

Outcome<SessionPage> list_sessions(Database& database, const SessionQuery& query);
Outcome<std::optional<SessionStory>> session_story(Database& database, std::string_view id,
                                                   std::size_t last_turns);

}  // namespace dugout::store

#include "cli/attempt_log.hpp"

#include "attempts/explain.hpp"
#include "attempts/query.hpp"

namespace dugout::cli {

std::string attempt_folder(const config::Settings& settings) {
  return settings.data + "/attempts";
}

AttemptLog::AttemptLog(const config::Settings& settings, observability::Log& log)
    : file_(attempt_folder(settings), {settings.attempts.file_bytes, settings.attempts.files},
            log) {}

Outcome<std::string> explain_turn(store::Store& store, const std::string& turn) {
  store::AttemptFilter filter;
  filter.turn = turn;
  std::vector<attempts::Attempt> found;
  const auto read = attempts::from_store(
      store, filter, [&](const attempts::Attempt& one, std::string_view) { found.push_back(one); });
  if (!read) return read.error();
  if (found.empty()) return Error{Code::kNotFound, "nothing is logged of this turn"};
  return attempts::explanation_json(found);
}

}  // namespace dugout::cli

// Lines of the attempt log, and a time as the command line takes it: read, or passed over.
#include "attempts/explain.hpp"
#include "attempts/query.hpp"
#include "attempts/summary.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "memory_file.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

FUZZ_TARGET(attempt_log) {
  std::vector<attempts::Attempt> all;
  attempts::Summary summary;
  for (const auto& line : core::split(input, '\n')) {
    if (auto attempt = attempts::read_attempt(line)) {
      summary.add(*attempt);
      all.push_back(*std::move(attempt));
    }
  }
  summary.finish();
  require(core::parse_json(summary.json()).ok(), "figures are JSON");
  if (!all.empty()) {
    require(core::parse_json(attempts::explanation_json(all)).ok(), "an explanation is JSON");
    require(!attempts::sentences(all).empty(), "and has sentences");
  }
  const fuzz::MemoryFile file(input);
  std::size_t seen = 0;
  const auto read = attempts::from_files(
      file.path(), {}, [&](const attempts::Attempt&, std::string_view) { ++seen; });
  require(!read || seen <= all.size(), "a file holds what its lines hold");
  (void)attempts::time_named(input, 1'759'320'000'000);
}

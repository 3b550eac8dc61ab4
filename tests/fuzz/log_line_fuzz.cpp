// A line of the log, whatever its values hold: one line, JSON that can be read, nothing to tell a
// phone.
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "observability/log_line.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;
using observability::Field;

FUZZ_TARGET(log_line) {
  const fuzz::Parts<3> part(input);
  const core::WallTime time(std::chrono::milliseconds(1'759'320'000'000));
  const observability::Fields fields{
      {"value", part[0]}, Field::safe("safe", part[1]), Field::id("id", part[2])};
  const auto shown = observability::text_line(time, observability::Level::kInfo, "event", fields);
  for (const char c : shown) require(c >= 0x20 && c < 0x7f, "a terminal sees plain ASCII");

  const auto text = observability::json_line(time, observability::Level::kInfo, "event", fields);
  for (const char c : text) require(static_cast<unsigned char>(c) >= 0x20, "a line is one line");
  const auto read = core::parse_json(text);
  require(read.ok() && read->is_object(), "a line is JSON");
  require((*read)["event"] == "event" && (*read)["level"] == "info", "its own members stand");
  int digits = 0;
  for (const char c : core::member(*read, "value")) digits += c >= '0' && c <= '9' ? 1 : 0;
  require(digits <= 2, "a value is masked");
}

#include "http/log_level.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "http/audit_told.hpp"
#include "http/endpoints.hpp"

namespace dugout::http {
namespace {

using core::Json;
using observability::Field;

constexpr double kLongestChange = 7 * 86'400.0;  // s

struct LevelChange {
  observability::Level level = observability::Level::kInfo;
  std::optional<core::Duration> lasts;
};

std::optional<Problem> level_change(const Json& body, LevelChange& change) {
  constexpr auto kWrong = "The request cannot be used";
  if (!body.is_object()) {
    return problem_at(422, kWrong, "", "The body must be a JSON object with level.");
  }
  for (const auto& [name, value] : body.items()) {
    if (name != "level" && name != "for_s") {
      return problem_at(422, kWrong, "", "Only level and for_s are known.");
    }
  }
  const auto level = observability::level_named(core::member(body, "level"));
  if (!level) {
    return problem_at(422, kWrong, "/level", "level must be debug, info, warning or error.");
  }
  change.level = *level;
  const auto lasts = body.find("for_s");
  if (lasts == body.end() || lasts->is_null()) return std::nullopt;
  const double seconds = lasts->is_number() ? lasts->get<double>() : 0.0;
  if (!(seconds >= 1.0 && seconds <= kLongestChange)) {
    return problem_at(422, kWrong, "/for_s", "for_s must be a number from 1 to 604800.");
  }
  change.lasts = std::chrono::duration_cast<core::Duration>(std::chrono::duration<double>(seconds));
  return std::nullopt;
}

std::optional<Problem> read_level(Service& service, Exchange& exchange, LevelChange& change) {
  if (auto problem = exchange.require_type("application/json")) return problem;
  std::string text;
  constexpr std::size_t kMostBytes = 4096;
  if (auto problem =
          exchange.read_body(kMostBytes, service.options.read_timeout, service.clock, text)) {
    return problem;
  }
  const auto body = core::parse_json(text);
  if (!body) return problem_at(400, "Malformed JSON", "", body.error().message);
  return level_change(*body, change);
}

void say_level(Service& service, Exchange& exchange) {
  const auto now = service.log.level();
  const auto counts = service.log.counts();
  Json out{{"level", observability::name_of(now.level)},
           {"usual", observability::name_of(now.usual)},
           {"for_s", nullptr},
           {"written", counts.written},
           {"dropped", counts.dropped},
           {"failed", counts.failed}};
  if (now.left) out["for_s"] = std::ceil(core::seconds(*now.left));
  exchange.json(200, core::canonical(out));
}

}  // namespace

void serve_log_level(Service& service, Exchange& exchange) {
  say_level(service, exchange);
}

void serve_set_log_level(Service& service, Exchange& exchange) {
  LevelChange change;
  if (const auto problem = read_level(service, exchange, change)) {
    return exchange.problem(*problem, service.clock);
  }
  // Said at a level that both let through.
  const auto tell = [&] {
    service.log.warning("log.level",
                        {Field::safe("now", observability::name_of(change.level)),
                         {"for_s", change.lasts ? core::seconds(*change.lasts) : 0.0}});
  };
  const bool quiet = change.level > observability::Level::kWarning;
  if (quiet) tell();
  service.log.set_level(change.level, change.lasts);
  if (!quiet) tell();
  tell_audit(service, exchange.who(), "log.level", observability::name_of(change.level));
  say_level(service, exchange);
}

}  // namespace dugout::http

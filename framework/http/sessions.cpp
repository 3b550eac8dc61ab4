// GET /api/sessions and /api/sessions/{id}: who is where, and how the answers of one session came
// about. The short form of a session's id is all that is shown of it, as with the id anybody could
// go on with it; nothing that was said is shown.
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "http/overview_query.hpp"
#include "store/store.hpp"

namespace dugout::http {
namespace {

using core::Json;

constexpr std::int64_t kMostSessions = 200;
constexpr std::int64_t kUsualSessions = 50;
constexpr std::int64_t kMostTurns = 200;
constexpr auto kMarkWanted = "the \"next\" of an earlier answer";

std::string mark_text(const store::SessionLine& line) {
  return std::to_string(line.updated_ms) + "-" + line.short_form;
}

std::optional<store::SessionMark> read_mark(const std::string& text) {
  store::SessionMark mark;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, mark.updated_ms);
  if (read.ec != std::errc() || read.ptr == end || *read.ptr != '-') return std::nullopt;
  mark.short_form.assign(read.ptr + 1, end);
  if (!is_path_id(mark.short_form, 16)) return std::nullopt;
  return mark;
}

// Who stands at the end of a flow has not stopped.
std::vector<std::pair<std::string, int>> ends_of(const routines::Application& application) {
  std::vector<std::pair<std::string, int>> ends;
  for (const auto& [name, agent] : application.agents) {
    const auto flow = application.flows.find(agent.flow);
    if (flow == application.flows.end()) continue;
    for (const auto& [number, routine] : flow->second.routines) {
      if (routine.kind == routines::RoutineKind::kEnd) ends.emplace_back(name, number);
    }
  }
  return ends;
}

Json session_json(const store::SessionLine& line, const routines::Application& application) {
  const auto agent = application.agents.find(line.agent);
  const auto flow = agent == application.agents.end() ? std::string() : agent->second.flow;
  const auto found = application.flows.find(flow);
  const auto* routine =
      found == application.flows.end() ? nullptr : found->second.find(line.routine);
  return {{"session", line.short_form},
          {"id", line.short_form},
          {"agent", line.agent.empty() ? "universal" : line.agent},
          {"flow", flow},
          {"routine", line.routine},
          {"title", routine == nullptr ? "" : routine->title},
          {"created", overview_time(line.created_ms)},
          {"updated", overview_time(line.updated_ms)},
          {"turns", line.turns},
          {"state", line.registered ? "registered" : "open"}};
}

// What the attempt log tells of a turn; nothing when no model was asked in it.
void add_attempts(Service& service, Json& turn, const std::string& id) {
  turn["attempts"] = Json::array();
  turn["sentences"] = Json::array();
  if (!service.options.explain) return;
  const auto explained = service.options.explain(id);
  if (!explained) return;
  const auto read = core::parse_json(*explained);
  if (!read || !read->is_object()) return;
  for (const auto* name : {"attempts", "sentences", "answered_by"}) {
    if (read->contains(name)) turn[name] = (*read)[name];
  }
}

Json turn_json(Service& service, const store::TurnLine& line) {
  Json turn{{"turn", line.id},
            {"at", overview_time(line.accepted_ms)},
            {"routine", line.routine},
            {"took_ms", nullptr},
            {"answered_by", nullptr}};
  if (line.answered_ms) turn["took_ms"] = *line.answered_ms - line.accepted_ms;
  add_attempts(service, turn, line.id);
  return turn;
}

}  // namespace

void serve_sessions(Service& service, Exchange& exchange) {
  const OverviewGate gate(service, exchange);
  if (!gate.admitted()) return;
  OverviewQuery query(exchange);
  store::SessionQuery wanted;
  wanted.limit = static_cast<std::size_t>(query.number("limit", 1, kMostSessions, kUsualSessions));
  if (const auto before = query.text("before"); !before.empty()) {
    wanted.before = read_mark(before);
    if (!wanted.before) query.refuse("before", kMarkWanted);
  }
  const auto stopped = stopped_before(service, query);
  if (query.truth("stuck")) wanted.stopped_before_ms = stopped;
  if (query.refused(service, exchange)) return;
  const auto loaded = service.orchestrator.application();
  const auto& application = *loaded;
  wanted.ends = ends_of(application);

  const auto page = service.options.store->sessions(wanted);
  if (!page) return exchange.problem(overview_problem(page.error()), service.clock);
  Json out{{"sessions", Json::array()}, {"next", nullptr}};
  for (const auto& line : page->sessions) {
    out["sessions"].push_back(session_json(line, application));
  }
  if (page->more) out["next"] = mark_text(page->sessions.back());
  exchange.json(200, core::canonical(out));
}

void serve_session(Service& service, Exchange& exchange) {
  const OverviewGate gate(service, exchange);
  if (!gate.admitted()) return;
  OverviewQuery query(exchange);
  const auto turns = query.number("turns", 1, kMostTurns, kMostTurns);
  if (query.refused(service, exchange)) return;
  const auto& id = exchange.part("id");
  const auto story = is_path_id(id)
                         ? service.options.store->story(id, static_cast<std::size_t>(turns))
                         : Outcome<std::optional<store::SessionStory>>(std::nullopt);
  if (!story) return exchange.problem(overview_problem(story.error()), service.clock);
  if (!story->has_value()) {
    Problem problem;
    problem.status = 404;
    problem.title = "Not found";
    problem.detail = "There is no such session: there was none, or it is past its time.";
    return exchange.problem(problem, service.clock);
  }
  const auto& found = **story;
  tell_look(service, exchange.who(), "session.viewed", found.session.short_form);
  auto out = session_json(found.session, *service.orchestrator.application());
  out["turns_all"] = found.session.turns;
  out["turns"] = Json::array();
  for (const auto& line : found.turns) out["turns"].push_back(turn_json(service, line));
  exchange.json(200, core::canonical(out));
}

}  // namespace dugout::http

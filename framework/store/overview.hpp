// What operators see of the sessions, and where the sessions of a flow go and stop. Nothing here
// says what anybody said. Plain data. [any]
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dugout::store {

// A place in the list of sessions, which has the one that changed last first.
struct SessionMark {
  std::int64_t updated_ms = 0;
  std::string short_form;
};

struct SessionQuery {
  std::size_t limit = 50;
  std::optional<SessionMark> before;  // only what comes after this one in the list
  // Only those that stand in a routine, and changed last before this time; not those in `ends`.
  std::optional<std::int64_t> stopped_before_ms;
  std::vector<std::pair<std::string, int>> ends;  // agent, routine
};

struct SessionLine {
  std::string short_form;  // stands for the id, with which one could go on
  std::string agent;
  int routine = 0;
  std::int64_t created_ms = 0, updated_ms = 0;
  std::int64_t turns = 0;
  bool registered = false;
};

struct SessionPage {
  std::vector<SessionLine> sessions;
  bool more = false;
};

struct TurnLine {
  std::string id;
  std::int64_t accepted_ms = 0;
  std::optional<std::int64_t> answered_ms;
  int routine = 0;  // in which it ended; 0 = outside a flow, or not answered
};

struct SessionStory {
  SessionLine session;
  std::vector<TurnLine> turns;  // the latest so many, the oldest first
};

// How often one edge of a flow was taken; from 0 = the hand-off into the flow.
struct EdgeCount {
  int from = 0, to = 0;
  std::int64_t taken = 0;
};

struct RoutineCount {
  int routine = 0;
  std::int64_t reached = 0;  // sessions, each once for each way through the flow
  // Half of the stays were shorter. Of buckets, so within a tenth; nullopt = nobody has left it.
  std::optional<double> median_s;
};

struct FlowTraffic {
  std::vector<EdgeCount> edges;
  std::vector<RoutineCount> routines;
};

// Sessions that stand in a routine.
struct StandCount {
  std::string agent;
  int routine = 0;
  std::int64_t fresh = 0;    // changed since the time asked for
  std::int64_t stopped = 0;  // not since then; those whose data is erased by now, too
};

}  // namespace dugout::store

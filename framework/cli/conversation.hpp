// A conversation file for `dugout simulate`: what the parent says, and what must come of it.
//
//   name: Run A
//   clock: "2025-10-01T12:00:00Z"          the day it plays on
//   turns:
//     - say: 200-lions-u9-2526             or  photo: jpeg | pdf | ... (sample_photos.hpp)
//       routine: 1                         position afterwards
//       contains: [first and last name]    the reply has these texts (any case)
//       lacks: [Alfie]
//       tools: [create_payment_token]      tools that ran, in order
//       model: ['{"agent_final_response": ...}']   answers of a scripted model, one per request
//       requests: 1                        requests the scripted model got in this turn
//       session: b                         another session from here on (default: a)
//   record: {player_gender: Male}          of the last session
//   unset: [kit_size]
//   rows: [{table: registrations, where: {...}, count: 1, members: {...}}]
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/finding.hpp"

namespace dugout::cli {

struct ScriptTurn {
  int line = 0;
  std::string say, photo, session, agent;
  std::optional<int> routine, requests;
  std::vector<std::string> contains, lacks;
  std::optional<std::vector<std::string>> tools;
  std::vector<std::string> model;
};

struct RowCheck {
  int line = 0;
  std::string table, where = "{}";
  std::optional<int> count;
  std::map<std::string, std::string> members;
};

struct Script {
  std::string file, name;
  long long clock_ms = 0;
  std::vector<ScriptTurn> turns;
  std::map<std::string, std::string> record;
  std::vector<std::string> unset;
  std::vector<RowCheck> rows;
};

std::optional<Script> load_script(const std::string& path, core::Findings& findings);

// A file of the named kind (sample_photos.hpp) in `folder`; for photos in scripts and walks.
std::string make_photo(const std::string& kind, const std::string& folder);

}  // namespace dugout::cli

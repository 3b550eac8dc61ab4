// The loaders of one file each, behind load.hpp. All report through FileFindings and return what
// could be read, so that one load shows every mistake. Used at load, on one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "routines/load.hpp"
#include "routines/model.hpp"
#include "routines/reader.hpp"

namespace dugout::routines {

using Settings = std::map<std::string, std::string>;

// ---- a routine file and its parts

std::optional<Routine> load_routine(const config::Node& root, const FileFindings& out);
std::vector<Field> load_fields(const config::Node& collects, const FileFindings& out);
// `input`, `autofill` and `buttons` of a field whose type has been read.
void load_input(MapReader& reader, const FileFindings& out, Field& field);
std::optional<Condition> load_when(MapReader& reader, const FileFindings& out);
TextPairs load_save(MapReader& reader, const FileFindings& out);
// The `set` of a field or a rule: field -> template.
TextPairs load_set(MapReader& reader, const FileFindings& out);
// One of the next rules. `stay`: `go` may be absent, which reads as 0.
Edge load_edge(const config::Node& node, bool stay, const FileFindings& out);
// Names of record fields; a name of another shape is a finding.
std::vector<std::string> load_names(MapReader& reader, std::string_view key,
                                    const FileFindings& out);
void check_template(const config::Node* node, const FileFindings& out);

// ---- the other files

Flow load_flow(const std::string& folder, core::Findings& findings);
std::optional<Agent> load_agent(const std::string& path, const Settings& settings,
                                core::Findings& findings);
// How far an agent's answers are trusted: validators, confidence, pinned.
void load_trust(MapReader& reader, const Settings& settings, const FileFindings& out, Agent& agent);
// What an agent names outside its own file: its flow, tools, parsers, recovery, targets.
void check_agent(const Agent& agent, const Application& application, const Known& known,
                 core::Findings& findings);
// agents/data/*.yaml: a list is a table, a map is settings under the file's name.
void load_data(const std::string& folder, Application& application, core::Findings& findings);

// agents/page.yaml, which may be absent.
inline constexpr std::string_view kPageFile = "page.yaml";
PageSettings load_page(const std::string& path, const Settings& settings, const Known& known,
                       core::Findings& findings);

// The files of a folder that end in .yaml, sorted; hidden ones are left out.
std::vector<std::string> yaml_files(const std::string& folder, core::Findings& findings);

}  // namespace dugout::routines

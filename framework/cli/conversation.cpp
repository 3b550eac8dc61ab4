#include "cli/conversation.hpp"

#include <ctime>
#include <filesystem>
#include <fstream>

#include "cli/sample_photos.hpp"
#include "config/yaml.hpp"
#include "core/random.hpp"

namespace dugout::cli {
namespace {

using config::Node;
using core::Finding;

// 2025-10-01 12:00 UTC, the day of the bundled fixtures.
constexpr long long kDefaultClockMs = 1'759'320'000'000;

class Reader {
 public:
  Reader(std::string file, core::Findings& findings)
      : file_(std::move(file)), findings_(findings) {}

  void error(const Node& node, const std::string& message, const std::string& hint = "") {
    findings_.push_back(
        {Finding::Severity::kError, file_, node.mark.line, node.mark.column, message, hint});
  }

  std::string text(const Node& node) {
    if (!node.is_scalar()) error(node, "must be a text");
    return node.scalar;
  }
  int number(const Node& node) {
    const auto value = node.as_integer();
    if (!value) error(node, "must be a whole number");
    return static_cast<int>(value.value_or(0));
  }
  std::vector<std::string> texts(const Node& node) {
    std::vector<std::string> out;
    if (!node.is_list()) error(node, "must be a list of texts");
    for (const auto& item : node.items) out.push_back(text(item));
    return out;
  }
  std::map<std::string, std::string> pairs(const Node& node) {
    std::map<std::string, std::string> out;
    if (!node.is_map()) error(node, "must be a map of texts");
    for (const auto& [key, value] : node.members) out[key] = text(value);
    return out;
  }
  long long clock(const Node& node) {
    std::tm parts{};
    const auto value = text(node);
    const char* end = strptime(value.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    if (end == nullptr || *end != '\0') error(node, "must be a time such as 2025-10-01T12:00:00Z");
    return static_cast<long long>(timegm(&parts)) * 1000;
  }

 private:
  std::string file_;
  core::Findings& findings_;
};

std::string read_photo(const Node& node, Reader& reader) {
  auto kind = reader.text(node);
  if (sample_photo(kind).empty()) {
    std::string kinds;
    for (const auto& known : sample_photo_kinds()) kinds += (kinds.empty() ? "" : ", ") + known;
    reader.error(node, "there is no photo \"" + kind + "\"", "one of " + kinds);
  }
  return kind;
}

ScriptTurn read_turn(const Node& node, Reader& reader) {
  ScriptTurn turn;
  turn.line = node.mark.line;
  for (const auto& [key, value] : node.members) {
    if (key == "say")
      turn.say = reader.text(value);
    else if (key == "photo")
      turn.photo = read_photo(value, reader);
    else if (key == "session")
      turn.session = reader.text(value);
    else if (key == "agent")
      turn.agent = reader.text(value);
    else if (key == "routine")
      turn.routine = reader.number(value);
    else if (key == "requests")
      turn.requests = reader.number(value);
    else if (key == "contains")
      turn.contains = reader.texts(value);
    else if (key == "lacks")
      turn.lacks = reader.texts(value);
    else if (key == "tools")
      turn.tools = reader.texts(value);
    else if (key == "model")
      turn.model = reader.texts(value);
    else
      reader.error(value, "unknown key \"" + key + "\"",
                   "see docs/routine-authors.md, Conversations");
  }
  if (turn.say.empty() == turn.photo.empty()) reader.error(node, "a turn has either say or photo");
  return turn;
}

RowCheck read_row(const Node& node, Reader& reader) {
  RowCheck row;
  row.line = node.mark.line;
  for (const auto& [key, value] : node.members) {
    if (key == "table")
      row.table = reader.text(value);
    else if (key == "where")
      row.where = config::to_json(value);
    else if (key == "count")
      row.count = reader.number(value);
    else if (key == "members")
      row.members = reader.pairs(value);
    else
      reader.error(value, "unknown key \"" + key + "\"");
  }
  if (!row.count && row.members.empty())
    reader.error(node, "a row check has count, members, or both");
  return row;
}

}  // namespace

std::optional<Script> load_script(const std::string& path, core::Findings& findings) {
  const auto file = config::load_yaml(path, findings);
  if (!file) return std::nullopt;
  Reader reader(path, findings);
  Script script;
  script.file = script.name = path;
  script.clock_ms = kDefaultClockMs;
  for (const auto& [key, value] : file->root.members) {
    if (key == "name")
      script.name = reader.text(value);
    else if (key == "clock")
      script.clock_ms = reader.clock(value);
    else if (key == "record")
      script.record = reader.pairs(value);
    else if (key == "unset")
      script.unset = reader.texts(value);
    else if (key == "turns")
      for (const auto& item : value.items) script.turns.push_back(read_turn(item, reader));
    else if (key == "rows")
      for (const auto& item : value.items) script.rows.push_back(read_row(item, reader));
    else
      reader.error(value, "unknown key \"" + key + "\"");
  }
  if (script.turns.empty()) reader.error(file->root, "a conversation needs turns");
  return script;
}

std::string make_photo(const std::string& kind, const std::string& folder) {
  std::filesystem::create_directories(folder);
  const auto path = folder + "/" + core::new_id("upload_");
  std::ofstream(path, std::ios::binary) << sample_photo(kind);
  return path;
}

}  // namespace dugout::cli

// Reads a folder of routines: NN_name.yaml each, and flow.yaml for what the hand-off gives.
#include <re2/re2.h>

#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "routines/load_parts.hpp"

namespace dugout::routines {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFlowFile = "flow.yaml";

// Each a message, or a list of messages.
std::vector<std::vector<std::string>> read_examples(MapReader& reader, const FileFindings& out) {
  std::vector<std::vector<std::string>> examples;
  const auto* node = reader.take("examples");
  if (node == nullptr) return examples;
  if (!node->is_list()) reader.wrong(*node, "examples", "a list of messages, or of lists of them");
  for (const auto& item : node->items) {
    std::vector<std::string> messages;
    if (item.is_scalar() && !item.scalar.empty()) messages.push_back(item.scalar);
    for (const auto& message : item.items) {
      if (message.is_scalar() && !message.scalar.empty()) messages.push_back(message.scalar);
    }
    if (messages.empty() || item.is_map()) {
      out.error(item.mark, "an example must be a message, or a list of messages");
    } else {
      examples.push_back(std::move(messages));
    }
  }
  return examples;
}

std::vector<int> read_numbers(MapReader& reader, std::string_view key, const FileFindings& out) {
  std::vector<int> numbers;
  for (const auto& text : reader.texts(key)) {
    const bool digits = !text.empty() && text.size() < 5 &&
                        text.find_first_not_of("0123456789") == std::string::npos;
    if (digits) numbers.push_back(std::stoi(text));
    if (!digits) out.error(reader.mark_of(key), "\"" + text + "\" is not a routine's number");
  }
  return numbers;
}

// `corrections: {go: 27, from: [30, 32], back: [2, 3]}`
std::optional<LateCorrections> read_corrections(MapReader& flow, const FileFindings& out) {
  const auto* node = flow.take("corrections");
  if (node == nullptr) return std::nullopt;
  LateCorrections corrections;
  MapReader reader(*node, "corrections", out);
  corrections.mark = node->mark;
  corrections.go = static_cast<int>(reader.integer("go", 1, 9999).value_or(0));
  corrections.from = read_numbers(reader, "from", out);
  corrections.back = read_numbers(reader, "back", out);
  reader.finish();
  const bool somewhere = !corrections.from.empty() || !corrections.back.empty();
  if (corrections.go != 0 && somewhere) return corrections;
  out.error(node->mark, "corrections need \"go\", and \"from\" or \"back\"",
            "{go: 27, from: [30, 32], back: [2, 3]}");
  return std::nullopt;
}

void load_flow_file(const std::string& path, Flow& flow, core::Findings& findings) {
  const auto file = config::load_yaml(path, findings);
  if (!file) return;
  const FileFindings out{path, findings};
  MapReader reader(file->root, "the flow", out);
  flow.given = load_names(reader, "given", out);
  flow.corrections = read_corrections(reader, out);
  flow.examples = read_examples(reader, out);
  reader.finish();
}

// The number in the name is what an editor looks for, so it must be true.
void check_file_name(const Routine& routine, const config::Node& root, const FileFindings& out) {
  const auto name = fs::path(out.file).filename().string();
  std::string digits, words;
  if (!RE2::FullMatch(name, R"((\d+)_([a-z0-9_]+)\.yaml)", &digits, &words)) {
    return out.error({1, 1}, "the file name is not NN_name.yaml", "such as 08_parent_mobile.yaml");
  }
  const auto mark = [&root](std::string_view key) {
    const auto* node = root.find(key);
    return node == nullptr ? root.mark : node->mark;
  };
  if (routine.number > 0 && (digits.size() > 9 || std::stoi(digits) != routine.number)) {
    out.error(mark("number"),
              "number " + std::to_string(routine.number) + " is in a file named " + name,
              "number and file name must agree");
  }
  if (!routine.name.empty() && words != routine.name) {
    out.error(mark("name"), "name \"" + routine.name + "\" is in a file named " + name,
              "number and file name must agree");
  }
}

void add_routine(const std::string& path, Flow& flow, core::Findings& findings) {
  const auto file = config::load_yaml(path, findings);
  if (!file) return;
  const FileFindings out{path, findings};
  auto routine = load_routine(file->root, out);
  if (!routine) return;
  check_file_name(*routine, file->root, out);
  if (routine->number == 0) return;
  routine->hash = file->hash;
  const auto* number = file->root.find("number");
  const auto [it, fresh] = flow.routines.emplace(routine->number, *std::move(routine));
  if (fresh) return;
  out.error(number->mark, "number " + number->scalar + " is taken",
            "by " + it->second.file + "; give this routine another number");
}

}  // namespace

std::vector<std::string> yaml_files(const std::string& folder, core::Findings& findings) {
  std::vector<std::string> out;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const auto name = it->path().filename().string();
    if (name.starts_with('.') || it->is_directory(error)) continue;
    if (name.ends_with(".yaml")) out.push_back(it->path().string());
    if (!name.ends_with(".yml")) continue;
    FileFindings{it->path().string(), findings}.error({}, "the file would not be read",
                                                      "name it .yaml");
  }
  if (error) FileFindings{folder, findings}.error({}, "the folder cannot be read");
  std::sort(out.begin(), out.end());
  return out;
}

Flow load_flow(const std::string& folder, core::Findings& findings) {
  Flow flow;
  flow.name = fs::path(folder).filename().string();
  flow.folder = folder;
  for (const auto& path : yaml_files(folder, findings)) {
    if (fs::path(path).filename() == kFlowFile) {
      load_flow_file(path, flow, findings);
    } else {
      add_routine(path, flow, findings);
    }
  }
  if (!flow.routines.empty()) flow.start = flow.routines.begin()->first;
  return flow;
}

}  // namespace dugout::routines

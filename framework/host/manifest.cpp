// plugin.yaml -> Manifest. Every key is checked before the library is touched.
#include "host/manifest.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "config/yaml.hpp"
#include "core/text.hpp"
#include "dugout/abi.h"

namespace dugout::host {
namespace {

namespace fs = std::filesystem;
using config::Node;

const std::vector<std::string> kKeys = {"id",        "version",   "abi",     "library", "faces",
                                        "config",    "needs",     "effects", "unload",  "defaults",
                                        "isolation", "memory_mb", "network", "files"};
const std::vector<std::string> kKinds = {"parser", "recovery",  "provider",
                                         "tool",   "validator", "tuner"};

bool contains(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const auto near = config::nearest(word, known);
  if (!near.empty()) return "did you mean \"" + near + "\"?";
  std::string all;
  for (const auto& one : known) all += (all.empty() ? "" : ", ") + one;
  return "known: " + all;
}

bool is_name(std::string_view name) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= 64 && letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 9 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_version(std::string_view text) {
  const auto parts = core::split(text.substr(0, text.find_first_of("-+")), '.');
  return parts.size() == 3 && std::all_of(parts.begin(), parts.end(), is_number);
}

class Reader {
 public:
  Reader(const std::string& file, core::Findings& findings) : file_(file), findings_(findings) {}

  void error(config::Mark mark, std::string message, std::string hint = {}) {
    if (first_.empty()) first_ = message;
    findings_.push_back({core::Finding::Severity::kError, file_, mark.line, mark.column,
                         std::move(message), std::move(hint)});
  }
  const std::string& first() const { return first_; }

  void unknown_keys(const Node& root) {
    for (const auto& [key, value] : root.members) {
      if (!contains(kKeys, key)) {
        error(value.key_mark, "unknown key \"" + key + "\"", did_you_mean(key, kKeys));
      }
    }
  }

  // The text of a key; "" when it is absent or wrong, which is reported.
  std::string text(const Node& root, std::string_view key, bool required) {
    const Node* node = root.find(key);
    if (node == nullptr) {
      if (required) error(root.mark, "the key \"" + std::string(key) + "\" is missing");
      return {};
    }
    if (!node->is_scalar() || node->scalar.empty()) {
      error(node->mark, "\"" + std::string(key) + "\" must be a text");
      return {};
    }
    return node->scalar;
  }

  std::vector<std::string> words(const Node& root, std::string_view key, bool required,
                                 const std::vector<std::string>& known, std::string_view what) {
    const Node* node = root.find(key);
    std::vector<std::string> out;
    if (node == nullptr || !node->is_list()) {
      if (node != nullptr || required) {
        error(node == nullptr ? root.mark : node->mark,
              "\"" + std::string(key) + "\" must be a list, such as [" + known.front() + "]");
      }
      return out;
    }
    for (const auto& item : node->items) {
      if (!item.is_scalar()) {
        error(item.mark, "a " + std::string(what) + " must be a text");
      } else if (!contains(known, item.scalar)) {
        error(item.mark, "unknown " + std::string(what) + " \"" + item.scalar + "\"",
              did_you_mean(item.scalar, known));
      } else if (contains(out, item.scalar)) {
        error(item.mark, std::string(what) + " \"" + item.scalar + "\" is named twice");
      } else {
        out.push_back(item.scalar);
      }
    }
    return out;
  }

  // A file beside plugin.yaml: a plain name, so that a manifest cannot point at the linker's path.
  std::string sibling(const Node& root, std::string_view key, const std::string& folder,
                      bool required) {
    const auto name = text(root, key, required);
    if (name.empty()) return {};
    if (name.find('/') != name.npos || name == "." || name == "..") {
      error(root.find(key)->mark,
            "\"" + std::string(key) + "\" must be a file in the plugin's folder",
            "a name without \"/\"");
      return {};
    }
    return (fs::path(folder) / name).string();
  }

 private:
  const std::string& file_;
  core::Findings& findings_;
  std::string first_;
};

config::Mark mark_of(const Node& root, std::string_view key) {
  const Node* node = root.find(key);
  return node == nullptr ? root.mark : node->mark;
}

void read_id(const Node& root, Reader& reader, Manifest& out) {
  out.id = reader.text(root, "id", true);
  if (out.id.empty()) return;
  const auto dot = out.id.find('.');
  const auto kind = out.id.substr(0, dot);
  if (dot == out.id.npos || !contains(kKinds, kind) || !is_name(out.id.substr(dot + 1))) {
    reader.error(mark_of(root, "id"), "\"" + out.id + "\" is no plugin id",
                 "kind.name, such as parser.fenced_json; kinds: parser, recovery, provider, tool, "
                 "validator, tuner");
    return;
  }
  if (!out.faces.empty() && !contains(out.faces, kind + "/1")) {
    reader.error(mark_of(root, "faces"), "a " + kind + " must have the face " + kind + "/1");
  }
}

void read_versions(const Node& root, Reader& reader, Manifest& out) {
  out.version = reader.text(root, "version", true);
  if (!out.version.empty() && !is_version(out.version)) {
    reader.error(mark_of(root, "version"), "\"" + out.version + "\" is no version",
                 "such as 1.0.0");
  }
  const auto abi = reader.text(root, "abi", true);
  if (abi.empty()) return;
  const auto parts = core::split(abi, '.');
  if (parts.size() != 2 || !is_number(parts[0]) || !is_number(parts[1])) {
    reader.error(mark_of(root, "abi"), "\"" + abi + "\" is no ABI version", "such as \"1.0\"");
    return;
  }
  std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), out.abi_major);
  std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), out.abi_minor);
  if (out.abi_major != DUGOUT_ABI_MAJOR) {
    reader.error(mark_of(root, "abi"),
                 "the plugin is for ABI " + abi + "; this host serves " +
                     std::to_string(DUGOUT_ABI_MAJOR) + "." + std::to_string(DUGOUT_ABI_MINOR),
                 "build it against this host's SDK");
  }
}

void read_defaults(const Node& root, Reader& reader, Manifest& out) {
  const Node* node = root.find("defaults");
  if (node == nullptr) return;
  if (!node->is_map() || out.config_schema.empty()) {
    reader.error(node->mark,
                 "\"defaults\" must be a map of settings that \"config\" has a schema for",
                 "such as {codes: [slow_down]}");
    return;
  }
  out.defaults = config::to_json(*node);
}

void read_behaviour(const Node& root, Reader& reader, Manifest& out) {
  const auto effects = reader.text(root, "effects", false);
  if (effects == "idempotent") {
    out.effects = Effects::kIdempotent;
  } else if (effects == "once") {
    out.effects = Effects::kOnce;
  } else if (!effects.empty() && effects != "none") {
    reader.error(mark_of(root, "effects"), "\"effects\" cannot be \"" + effects + "\"",
                 "none, idempotent or once");
  }
  const auto unload = reader.text(root, "unload", false);
  out.unload = unload != "never";
  if (!unload.empty() && unload != "never" && unload != "after_drain") {
    reader.error(mark_of(root, "unload"), "\"unload\" cannot be \"" + unload + "\"",
                 "after_drain or never");
  }
}

void read_isolation(const Node& root, Reader& reader, Manifest& out) {
  // One word of two; "" and the first mean no.
  const auto says = [&](const char* key, const char* no, const char* yes) {
    const auto word = reader.text(root, key, false);
    if (!word.empty() && word != no && word != yes) {
      reader.error(mark_of(root, key), "\"" + std::string(key) + "\" cannot be \"" + word + "\"",
                   std::string(no) + " or " + yes);
    }
    return word == yes;
  };
  out.isolated = says("isolation", "none", "process");
  out.network = says("network", "false", "true");
  out.files = says("files", "none", "data");
  const auto memory = reader.text(root, "memory_mb", false);
  if (memory.empty()) return;
  const int megabytes = is_number(memory) ? std::stoi(memory) : 0;
  if (megabytes < 16 || megabytes > 65536) {
    reader.error(mark_of(root, "memory_mb"), "\"memory_mb\" cannot be \"" + memory + "\"",
                 "16 to 65536");
    return;
  }
  out.memory_mb = megabytes;
}

void read_root(const Node& root, Reader& reader, Manifest& out) {
  if (!root.is_map()) {
    reader.error(root.mark, "a plugin manifest is a map of keys", "see docs/plugin-authors.md");
    return;
  }
  reader.unknown_keys(root);
  out.faces = reader.words(root, "faces", true, known_faces(), "face");
  out.needs = reader.words(root, "needs", false, known_services(), "service");
  if (const Node* faces = root.find("faces");
      faces != nullptr && faces->is_list() && faces->items.empty()) {
    reader.error(faces->mark, "\"faces\" names no face");
  }
  read_id(root, reader, out);
  read_versions(root, reader, out);
  out.library = reader.sibling(root, "library", out.folder, true);
  out.config_schema = reader.sibling(root, "config", out.folder, false);
  read_defaults(root, reader, out);
  read_behaviour(root, reader, out);
  read_isolation(root, reader, out);
}

std::vector<std::string> manifests_below(const std::string& folder, core::Findings& findings) {
  std::vector<std::string> files;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    std::error_code ignored;
    const auto file = entry.path() / "plugin.yaml";
    if (fs::exists(file, ignored)) files.push_back(file.string());
  }
  if (failed) {
    findings.push_back({core::Finding::Severity::kWarning, folder, 0, 0,
                        "the plugin folder cannot be read: " + failed.message(), ""});
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

const std::vector<std::string>& known_faces() {
  static const std::vector<std::string> faces = {DUGOUT_FACE_PARSER,    DUGOUT_FACE_RECOVERY,
                                                 DUGOUT_FACE_PROVIDER,  DUGOUT_FACE_TOOL,
                                                 DUGOUT_FACE_VALIDATOR, DUGOUT_FACE_TUNER};
  return faces;
}

const std::vector<std::string>& known_services() {
  static const std::vector<std::string> services = {DUGOUT_SERVICE_LOG, DUGOUT_SERVICE_CLOCK,
                                                    DUGOUT_SERVICE_SCHEMA, DUGOUT_SERVICE_RECORDS,
                                                    DUGOUT_SERVICE_HTTP};
  return services;
}

Found read_manifest(const std::string& file, core::Findings& findings) {
  Found found;
  found.manifest.file = file;
  found.manifest.folder = fs::path(file).parent_path().string();
  const auto before = findings.size();
  const auto yaml = config::load_yaml(file, findings);
  Reader reader(file, findings);
  if (yaml) read_root(yaml->root, reader, found.manifest);
  for (auto at = before; at < findings.size() && found.why.empty(); ++at) {
    if (findings[at].severity == core::Finding::Severity::kError) found.why = findings[at].message;
  }
  if (!yaml && found.why.empty()) found.why = "the manifest cannot be read";
  return found;
}

std::vector<Found> find_plugins(const std::vector<std::string>& folders, core::Findings& findings) {
  std::vector<Found> all;
  for (const auto& folder : folders) {
    for (const auto& file : manifests_below(folder, findings)) {
      auto found = read_manifest(file, findings);
      const auto twin = std::find_if(all.begin(), all.end(), [&](const Found& other) {
        return !found.manifest.id.empty() && other.manifest.id == found.manifest.id;
      });
      if (twin != all.end()) {
        found.why = "the id " + found.manifest.id + " is already that of " + twin->manifest.file;
        findings.push_back({core::Finding::Severity::kError, file, 0, 0, found.why,
                            "remove one of the two, or give it another id"});
      }
      all.push_back(std::move(found));
    }
  }
  return all;
}

std::vector<Manifest> discover(const std::vector<std::string>& folders, core::Findings& findings) {
  std::vector<Manifest> manifests;
  for (auto& found : find_plugins(folders, findings)) {
    if (found.why.empty()) manifests.push_back(std::move(found.manifest));
  }
  return manifests;
}

}  // namespace dugout::host

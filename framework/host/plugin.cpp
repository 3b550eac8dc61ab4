#include "host/plugin.hpp"

#include <algorithm>
#include <cstring>
#include <exception>

#include "dugout/sdk/text.hpp"
#include "host/answer.hpp"
#include "host/manifest.hpp"
#include "host/reaping.hpp"

namespace dugout::host {
namespace {

// All tables begin alike, so that their size can be read before their kind matters.
struct TableHead {
  std::uint32_t size, reserved;
};

// What a table must have at least: its size, and how many of its functions may not be NULL.
struct TableNeeds {
  std::size_t size;
  int functions;
};

TableNeeds needs_of(std::string_view face) {
  if (face == DUGOUT_FACE_PARSER) return {sizeof(dugout_parser_v1), 1};
  if (face == DUGOUT_FACE_RECOVERY) return {sizeof(dugout_recovery_v1), 1};
  if (face == DUGOUT_FACE_PROVIDER) return {sizeof(dugout_provider_v1), 2};
  if (face == DUGOUT_FACE_VALIDATOR) return {sizeof(dugout_validator_v1), 1};
  if (face == DUGOUT_FACE_TUNER) return {sizeof(dugout_tuner_v1), 2};
  return {sizeof(dugout_tool_v1), 3};  // describe, start, cancel; reconcile may be absent
}

std::string table_error(const std::string& face, const void* table) {
  const auto needs = needs_of(face);
  if (static_cast<const TableHead*>(table)->size < needs.size) {
    return "the table of face " + face + " is too small";
  }
  const auto* functions = static_cast<const TableHead*>(table) + 1;
  for (int at = 0; at < needs.functions; ++at) {
    void* function = nullptr;
    std::memcpy(&function, reinterpret_cast<const char*>(functions) + at * sizeof function,
                sizeof function);
    if (function == nullptr) return "the table of face " + face + " lacks a function";
  }
  return {};
}

}  // namespace

Plugin::Plugin(const Manifest& manifest, std::unique_ptr<Library> library)
    : manifest_(manifest),
      host_(manifest.id, manifest.needs),
      library_(std::move(library)),
      health_(manifest.id) {
  if (!manifest.unload && !manifest.isolated) host_.keep_for_ever();
  library_->on_defect([this] { health_.internal_error(); });
}

Plugin::~Plugin() {
  if (instance_ != nullptr) library_->module().destroy(instance_);
}

std::shared_ptr<Plugin> Plugin::start(const Manifest& manifest, std::unique_ptr<Library> library,
                                      const std::string& config, core::Findings& findings,
                                      const dugout_host* host) {
  std::shared_ptr<Plugin> plugin(new Plugin(manifest, std::move(library)), reap);
  auto fault = plugin->create(config, host == nullptr ? plugin->host_.table() : host);
  if (fault.empty()) fault = plugin->face_error();
  if (fault.empty()) return plugin;
  findings.push_back(
      {core::Finding::Severity::kError, manifest.library, 0, 0, manifest.id + ": " + fault, ""});
  return nullptr;
}

std::string Plugin::create(const std::string& config, const dugout_host* host) {
  if (host == nullptr) {
    return "more than " + std::to_string(kMaxPlugins) + " plugins are loaded";
  }
  CappedSink why;
  auto status = static_cast<dugout_status>(DUGOUT_E_INTERNAL);
  // The contract forbids exceptions here; one of this runtime's can still be caught and named.
  try {
    status = library_->create(host, sdk::text(config), &instance_, &why);
  } catch (const std::exception& thrown) {
    return std::string("create threw across the boundary: ") + thrown.what();
  } catch (...) {
    return "create threw across the boundary";
  }
  if (status != DUGOUT_OK) {
    instance_ = nullptr;  // nothing was created, so nothing is destroyed
    return "create failed: " + error_from(manifest_.id, status, why.text).message;
  }
  return instance_ == nullptr ? "create gave no instance" : "";
}

const void* Plugin::face_of_size(const char* id, std::size_t least) const {
  const auto* table = library_->module().face(instance_, id);
  if (table == nullptr || static_cast<const TableHead*>(table)->size < least) return nullptr;
  return table;
}

std::string Plugin::face_error() const {
  const auto& declared = manifest_.faces;
  for (const auto& id : known_faces()) {
    const bool named = std::find(declared.begin(), declared.end(), id) != declared.end();
    const auto* table = library_->module().face(instance_, id.c_str());
    if (named && table == nullptr) return "the manifest names face " + id + ", the plugin has none";
    if (!named && table != nullptr) {
      return "the plugin has face " + id + ", the manifest does not name it";
    }
    if (!named) continue;
    if (auto fault = table_error(id, table); !fault.empty()) return fault;
  }
  return {};
}

}  // namespace dugout::host

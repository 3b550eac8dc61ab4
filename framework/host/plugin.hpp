// A plugin at work: its library, its instance, its services. Private to host.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/finding.hpp"
#include "host/health.hpp"
#include "host/library.hpp"
#include "host/origin.hpp"
#include "host/services.hpp"

namespace dugout::host {

class Plugin {
 public:
  // [load] Creates the instance and compares its faces with the manifest. nullptr = refused, with a
  // finding. `config`: JSON that passed the plugin's schema. `host`: another table than the host's
  // own, for a child.
  static std::shared_ptr<Plugin> start(const Manifest& manifest, std::unique_ptr<Library> library,
                                       const std::string& config, core::Findings& findings,
                                       const dugout_host* host = nullptr);
  ~Plugin();  // [load] destroy, close, dlclose, and only then the services it was given

  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  const Manifest& manifest() const { return manifest_; }  // [any]
  const std::string& id() const { return manifest_.id; }
  const Library& library() const { return *library_; }
  dugout_instance* instance() const { return instance_; }
  Health& health() const { return health_; }
  // [load] Noted by whoever made it.
  void made_of(Origin origin) { origin_ = std::move(origin); }
  const Origin& origin() const { return origin_; }
  PluginCounts counts() const {
    const auto seen = health_.counts();
    return {seen.calls, seen.failures, seen.errors, seen.slow, library_->restarts().value_or(0)};
  }

  // [any] nullptr = absent, or smaller than this host's idea of the table.
  template <typename Table>
  const Table* face(const char* id) const {
    return static_cast<const Table*>(face_of_size(id, sizeof(Table)));
  }

 private:
  Plugin(const Manifest& manifest, std::unique_ptr<Library> library);
  std::string create(const std::string& config, const dugout_host* host);  // "" = done
  std::string face_error() const;
  const void* face_of_size(const char* id, std::size_t least) const;

  const Manifest manifest_;
  Origin origin_;
  HostTable host_;  // destroyed last
  std::unique_ptr<Library> library_;
  dugout_instance* instance_ = nullptr;
  mutable Health health_;
};

// [load] `config` checked against the manifest's schema; findings name the plugin and the pointer.
// Returns the text to create with; "" = refused.
std::string checked_config(const Manifest& manifest, const std::string& config,
                           const std::map<std::string, std::string>& shared,
                           core::Findings& findings);

}  // namespace dugout::host

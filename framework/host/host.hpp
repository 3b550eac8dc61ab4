// Finds, checks and loads plugins; one loaded set is a generation. Plugins are trusted code, yet
// nothing of theirs may end the process by an error the boundary can see: every refusal is a
// finding with the file, the reason and the mend. Loading is single-threaded; a Generation is
// immutable and safe from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/finding.hpp"
#include "dugout/sdk/outcome.hpp"
#include "host/handles.hpp"
#include "host/origin.hpp"

namespace dugout::observability {
class Log;
}

namespace dugout::host {

// records/1 for the plugins. Declared here, filled from the store by cli. [worker]
class RecordService {
 public:
  virtual ~RecordService() = default;
  virtual Outcome<std::string> find(std::string_view table, std::string_view where) = 0;
  virtual Outcome<std::string> insert(std::string_view table, std::string_view unique,
                                      std::string_view row) = 0;
  virtual Outcome<std::string> update(std::string_view table, std::string_view id,
                                      std::string_view changes) = 0;
};

// One call of an outside service, for http/1; the shapes are those of abi.h.
struct HttpCall {
  std::string method = "GET", url;
  std::map<std::string, std::string> headers;
  std::string body;
  Effects effect = Effects::kOnce;  // of a second arrival
  std::chrono::milliseconds timeout{10'000}, deadline{30'000};
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  int tries = 1;
};

// http/1 for the plugins. Declared here, filled from net by cli. [worker]
class HttpService {
 public:
  virtual ~HttpService() = default;
  // kUnavailable, kTimeout: no answer; detail = {"sent": may the request have arrived?}.
  virtual Outcome<HttpAnswer> send(const HttpCall& call) = 0;
};

// What the plugins of this process are served with. The C tables have no context pointer, so one
// set is installed for the whole process; tests install their own. REQUIRES: outlives every plugin.
struct Services {
  core::Clock* clock = nullptr;       // nullptr = the machine's
  RecordService* records = nullptr;   // nullptr = records/1 answers kUnavailable
  observability::Log* log = nullptr;  // nullptr = what plugins log is dropped
  HttpService* http = nullptr;        // nullptr = http/1 answers kUnavailable
};
void install_services(const Services& services);

// plugin.yaml, checked.
struct Manifest {
  std::string id, version, library, config_schema;  // library, config_schema: paths
  std::string folder, file;                         // where plugin.yaml stands
  std::string defaults = "{}";  // JSON object; what stands for members a config does not have
  std::vector<std::string> faces, needs;
  unsigned abi_major = 0, abi_minor = 0;
  Effects effects = Effects::kNone;
  bool unload = true;
  // `isolation: process`: it runs in a child, which has so much memory for it, sockets only where
  // `network` says so, and the data folder only where `files` does.
  bool isolated = false, network = false, files = false;
  int memory_mb = 256;
};

struct Isolation {
  // What is executed as `program plugin-child`. Empty = this program can be no child (a test): all
  // plugins run in this process.
  std::string program;
  std::map<std::string, bool> chosen;  // plugin id -> in a child; over the manifest's word
  std::optional<bool> all = {};        // of every plugin; over both
};

class Generation;

struct LoadOptions {
  std::vector<std::string> folders;  // searched in order: plugin-path, environment, install
  std::map<std::string, std::string> configs = {};  // plugin id -> JSON config; absent = {}
  // Member name -> JSON value, given to each plugin whose config schema has a property of that
  // name and whose own config does not set it: the address of the server, a service's credentials.
  std::map<std::string, std::string> shared = {};
  bool trust_writable = false;  // tests only: load libraries others may write to
  // The generation that serves now: its plugins are used again where neither manifest, library,
  // schema nor config changed, so that they keep what they hold and what is known of their health.
  std::shared_ptr<const Generation> before = {};
  // Plugins that did worse, by id: one that would be made of the very same is not made again, and
  // that of `before` stays in its place, with a warning.
  std::map<std::string, Origin> rejected = {};
  // Asked before a library that is not used again is opened; an Error refuses the plugin.
  std::function<Status(const Manifest&)> check = {};
  Isolation isolation = {};
};

struct PluginInfo {
  Manifest manifest;
  std::string state;  // "loaded", "refused"
  std::string why;    // of a refusal
};

// What a plugin was up to since it was loaded.
struct PluginCounts {
  std::uint64_t calls = 0;
  std::uint64_t failures = 0;  // of them, those without an answer
  std::uint64_t errors = 0;    // internal ones: its own defects
  std::uint64_t slow = 0;      // answers that came late
  std::uint64_t restarts = 0;  // of its process
};

class Generation {
 public:
  virtual ~Generation() = default;
  // nullptr = no such plugin. `name` is the id behind its kind: "structured" is
  // "parser.structured".
  virtual std::shared_ptr<const ParserHandle> parser(std::string_view name) const = 0;
  virtual std::shared_ptr<const RecoveryHandle> recovery(std::string_view name) const = 0;
  virtual std::shared_ptr<const ProviderHandle> provider(std::string_view name) const = 0;
  virtual std::shared_ptr<const ValidatorHandle> validator(std::string_view name) const = 0;
  virtual std::shared_ptr<const TunerHandle> tuner(std::string_view name) const = 0;
  virtual std::shared_ptr<const ToolHandle> tool(std::string_view name) const = 0;
  virtual std::vector<std::string> tool_names() const = 0;
  virtual const std::vector<PluginInfo>& plugins() const = 0;
  // How a loaded plugin does just now: "ready", "degraded" (it had an internal error within the
  // last minute) or "quarantined"; "refused" when it was not loaded.
  virtual std::string_view health(std::string_view /*id*/) const { return "ready"; }
  virtual PluginCounts counts(std::string_view /*id*/) const { return {}; }
  // What the plugin was made of; nullopt: it is not loaded.
  virtual std::optional<Origin> origin(std::string_view /*id*/) const { return std::nullopt; }
  // Ids of the plugins that were loaded for this generation, not used again from the one before.
  virtual std::set<std::string> fresh() const { return {}; }
};

// While it lives, plugins that nobody holds any more are taken out of use on a thread of its own:
// the last to let go may be a turn in a hurry, or a thread of the plugin itself. Without one it
// happens on the spot. One at a time in a process. The end waits until nothing is left to do.
class Reaper {
 public:
  Reaper();
  ~Reaper();
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;
};

// Reads every manifest below the folders (folder/<any>/plugin.yaml), in the order of their names.
std::vector<Manifest> discover(const std::vector<std::string>& folders, core::Findings& findings);

// Loads all that is found. A plugin that is refused is a finding; the rest is loaded all the same.
std::shared_ptr<const Generation> load(const LoadOptions& options, core::Findings& findings);

// The same generation, but for some plugins, by id, which are those of other generations. No file
// is read; an error when the others do not go together with them.
std::shared_ptr<const Generation> exchanged(
    const std::shared_ptr<const Generation>& generation,
    const std::map<std::string, std::shared_ptr<const Generation>>& others,
    core::Findings& findings);

// The conformance suite on one library or plugin folder, run in a process of its own.
struct CheckResult {
  std::string name;  // "descriptor and manifest agree"
  bool passed = false;
  std::string detail;
};
// `hang`: how long one check may take. Not for a process that is serving: it forks.
// `isolation`: one whose manifest says so is checked in its child.
std::vector<CheckResult> check_plugin(const std::string& path,
                                      std::chrono::milliseconds hang = std::chrono::seconds(10),
                                      const Isolation& isolation = {});

}  // namespace dugout::host

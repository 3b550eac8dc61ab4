// The checks that every plugin must pass (docs/plugin-authors.md lists them). They run plugin code
// on purpose with bad input, so they belong in a process of their own: see check.cpp. Private to
// host. [load]
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/json.hpp"
#include "host/plugin.hpp"

namespace dugout::host {

// Where results go while they are made, so that a crash can be laid at the right check.
class Report {
 public:
  virtual ~Report() = default;
  virtual void begin(const std::string& name) = 0;
  virtual void end(bool passed, const std::string& detail) = 0;

  // `check` returns "" = passed, or what is wrong.
  template <typename Check>
  bool run(const std::string& name, Check check) {
    begin(name);
    const std::string fault = check();
    end(fault.empty(), fault);
    return fault.empty();
  }
  void skip(const std::string& name, const std::string& why) {
    begin(name);
    end(true, why);
  }
};

// `path`: a plugin's folder, its plugin.yaml or its library.
void run_conformance(const std::string& path, const Isolation& isolation, Report& report);

// The behaviour of each face that the manifest names.
void check_parser(const std::shared_ptr<Plugin>& plugin, Report& report);
void check_recovery(const std::shared_ptr<Plugin>& plugin, Report& report);
void check_validator(const std::shared_ptr<Plugin>& plugin, Report& report);
void check_tuner(const std::shared_ptr<Plugin>& plugin, Report& report);
void check_provider(const std::shared_ptr<Plugin>& plugin, Report& report);
void check_tool(const std::shared_ptr<Plugin>& plugin, Report& report);
void check_concurrency(const std::shared_ptr<Plugin>& plugin, Report& report);

// A value that the schema is likely to accept: defaults, examples, else the least of each type.
core::Json sample_of(const core::Json& schema);

// Texts that a model, a provider or a user might send, each with a name for the report.
struct HostileText {
  std::string name, text;
};
const std::vector<HostileText>& hostile_texts();

}  // namespace dugout::host
